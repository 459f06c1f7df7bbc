"""Where a sheet's header is, and which column holds what, told by the columns' names (SPEC 13)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from obcms.imports.reading.headings import field_of, unit_of
from obcms.kernel.errors import Invalid
from obcms.kernel.intake.cells import Formula, clean_text, parse_amount
from obcms.kernel.intake.table import Row, Sheet

LAST_SEARCHED_ROW = 60
REQUIRED = {"title": "the PPA’s title", "amount": "its budget"}


@dataclass(frozen=True, slots=True)
class Header:
    """The header's last row, and the column of each field found (from 0).

    `unit` is the pesos that one of an amount means. `unnamed` lists, for a field, the columns to
    its right without a heading, which a merged heading covers; `lines` the texts of each header
    row by column, to know it when a page break repeats it.
    """

    row: int
    columns: Mapping[str, int]
    unit: int
    unnamed: Mapping[str, range]
    lines: Sequence[Mapping[int, str]]


def find_header(sheet: Sheet) -> Header | None:
    """The row, or two rows, that name the most known columns; None without a title or an amount."""
    best: tuple[list[Row], list[str], dict[str, int]] | None = None
    for rows, names, columns in _candidates(sheet):
        complete = REQUIRED.keys() <= columns.keys()
        if complete and (best is None or len(columns) > len(best[2])):
            best = rows, names, columns
    if best is None:
        return None
    rows, names, columns = best
    return Header(
        row=rows[-1].number,
        columns=columns,
        unit=_unit(sheet, rows, columns["amount"]),
        unnamed={field: _unnamed_after(names, index) for field, index in columns.items()},
        lines=[texts_of(row) for row in rows],
    )


def no_header(sheets: Sequence[Sheet]) -> Invalid:
    """The refusal of a file without a header, naming what comes nearest to one."""
    message = (
        "No header row was found. The file needs a row that names at least a column with the "
        "PPA’s title and one with its budget."
    )
    found = [item for sheet in sheets for item in _candidates(sheet)]
    rows, names, columns = max(found, key=lambda item: len(item[2]), default=([], [], {}))
    if columns:
        named = ", ".join(f"“{names[index]}”" for index in sorted(columns.values()))
        missing = " and ".join(said for field, said in REQUIRED.items() if field not in columns)
        message += f" Row {rows[-1].number} names {named}, but no column for {missing}."
    return Invalid(message, "file")


def texts_of(row: Row) -> dict[int, str]:
    """The row's texts by column, without the empty ones."""
    return {index: text for index, cell in enumerate(row.cells) if (text := clean_text(cell))}


def _candidates(sheet: Sheet) -> Iterator[tuple[list[Row], list[str], dict[str, int]]]:
    """Each row that may be the header, then each pair of rows, with the names and the columns."""
    searched = [row for row in sheet.rows if row.number <= LAST_SEARCHED_ROW]
    for row in searched:
        names = _names(row)
        yield [row], names, _match([[name] for name in names])
    for row, below in pairwise(searched):
        names, choices = _joined(_names(row), _names(below))
        columns = _match(choices)
        if below.number == row.number + 1 and not _holds_amount(below, columns.get("amount")):
            yield [row, below], names, columns


def _names(row: Row) -> list[str]:
    plain = (isinstance(cell, str) and not isinstance(cell, Formula) for cell in row.cells)
    return [clean_text(cell) if ok else "" for cell, ok in zip(row.cells, plain, strict=True)]


def _joined(upper: list[str], lower: list[str]) -> tuple[list[str], list[list[str]]]:
    """The full name of each column, and what it may be matched by, the fullest first.

    A name in the upper row may be merged over several columns, so it reaches to the right.
    """
    width = max(len(upper), len(lower))
    upper = upper + [""] * (width - len(upper))
    lower = lower + [""] * (width - len(lower))
    names, choices, reaching = [], [], ""
    for above, under in zip(upper, lower, strict=True):
        reaching = above or reaching
        names.append(" ".join(filter(None, (above, under))))
        full = f"{reaching} {under}" if under else above
        choices.append([full, under, above])
    return names, choices


def _match(choices: Sequence[Sequence[str]]) -> dict[str, int]:
    """The best column of each field; the first of equals."""
    best: dict[str, tuple[tuple[int, int], int]] = {}
    for index, names in enumerate(choices):
        found = next((found for name in names if name and (found := field_of(name))), None)
        if found is not None:
            field, rank = found
            best[field] = min(best.get(field, (rank, index)), (rank, index))
    return {field: index for field, (_, index) in best.items()}


def _holds_amount(row: Row, column: int | None) -> bool:
    if column is None or column >= len(row.cells):
        return False
    try:
        # A year may well stand under "Approved Budget".
        return not 1990 <= parse_amount(row.cells[column]) <= 2100
    except ValueError:
        return False


def _unit(sheet: Sheet, rows: Sequence[Row], column: int) -> int:
    """What the headings over the amount say, else the nearest title above; else pesos."""
    headings = [
        [text for index, text in texts_of(row).items() if index <= column][-1:]
        for row in reversed(rows)
    ]
    above = [row for row in sheet.rows if row.number < rows[0].number]
    titles = [list(texts_of(row).values()) for row in reversed(above)]
    said = (text for texts in (*headings, *titles) for text in texts)
    return next((unit for text in said if (unit := unit_of(text)) is not None), 1)


def _unnamed_after(names: Sequence[str], index: int) -> range:
    end = next((i for i in range(index + 1, len(names)) if names[i]), len(names) + 1)
    return range(index + 1, end)
