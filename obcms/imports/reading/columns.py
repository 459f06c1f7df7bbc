"""Where a sheet's lists begin, and which column of each holds what (SPEC 13)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from obcms.imports.reading.doubts import FIELDS, NOTHING_ASKED, NOWHERE, Asked
from obcms.imports.reading.header import Header, texts_of
from obcms.imports.reading.headings import field_of, level_of
from obcms.imports.reading.money import Amounts, choose, columns_named
from obcms.imports.reading.paths import Path, names_of, paths_of, said
from obcms.imports.reading.said_units import holds_amount, unit_of_list, with_line_below
from obcms.imports.reading.words import is_other
from obcms.kernel.errors import Invalid
from obcms.kernel.intake.amounts import foreign_currency
from obcms.kernel.intake.limits import MAX_COLUMNS
from obcms.kernel.intake.table import Row, Sheet
from obcms.kernel.rules.folding import search_form

LAST_SEARCHED_ROW = 300
MOST_HEADING_ROWS = 3
REQUIRED = {"title": "the PPA’s title", "amount": "its budget"}


@dataclass(frozen=True, slots=True)
class _Found:
    """Rows that may be a header, and what their columns would be."""

    rows: Sequence[Row]
    paths: Sequence[Path]
    columns: Mapping[str, int]
    amounts: Amounts
    known: int

    @property
    def is_complete(self) -> bool:
        return REQUIRED.keys() <= self.columns.keys()


def find_header(sheet: Sheet, asked: Asked = NOTHING_ASKED) -> Header | None:
    """The rows that name the most known columns; None without a title or an amount."""
    return next(iter(find_headers(sheet, asked)), None)


def find_headers(sheet: Sheet, asked: Asked = NOTHING_ASKED) -> list[Header]:
    """The same; of lists that stand side by side, one for each."""
    best: _Found | None = None
    for found in _candidates(sheet, asked):
        if found.is_complete and (best is None or found.known > best.known):
            best = found
    if best is None:
        return []
    windows = _windows(best)
    if len(windows) < 2:
        return [_header(sheet, best, range(MAX_COLUMNS))]
    apart = [_meaning(best.rows, _within(best.paths, window), sheet, asked) for window in windows]
    return [_header(sheet, one, window) for one, window in zip(apart, windows, strict=True)]


def no_header(sheets: Sequence[Sheet]) -> Invalid:
    """The refusal of a file without a header, naming what comes nearest to one."""
    message = (
        "No header row was found. The file needs a row that names at least a column with the "
        "PPA’s title and one with its budget."
    )
    every = [found for sheet in sheets for found in _candidates(sheet, NOTHING_ASKED)]
    nearest = max(every, key=lambda found: len(found.columns), default=None)
    if nearest and nearest.columns:
        columns = nearest.columns
        named = ", ".join(f"“{said(nearest.paths[index])}”" for index in sorted(columns.values()))
        missing = " and ".join(word for name, word in REQUIRED.items() if name not in columns)
        message += f" Row {nearest.rows[-1].number} names {named}, but no column for {missing}."
    return Invalid(message, "file")


def _candidates(sheet: Sheet, asked: Asked) -> Iterator[_Found]:
    """Each row that may be the header, then each two and three rows one below the other."""
    searched = [row for row in sheet.rows if row.number <= LAST_SEARCHED_ROW]
    for count in range(1, MOST_HEADING_ROWS + 1):
        for start in range(len(searched) - count + 1):
            rows = searched[start : start + count]
            if rows[-1].number - rows[0].number != count - 1:
                continue
            if count > 1 and not any(names_of(row, lower=True) for row in rows[1:]):
                continue
            found = _meaning(rows, paths_of(sheet, rows), sheet, asked)
            if count == 1 or not holds_amount(rows[-1], found.columns.get("amount")):
                yield found


def _meaning(rows: Sequence[Row], paths: Sequence[Path], sheet: Sheet, asked: Asked) -> _Found:
    columns = _match(paths, sheet.hidden_columns)
    for key, name in FIELDS.items():
        if letter := asked.answer(key):
            columns.pop(name, None)
            if letter != NOWHERE and (named := columns_named(letter, len(paths))):
                columns[name] = named[0]
    amounts = choose(paths, sheet.hidden_columns, asked)
    if amounts.columns:
        columns["amount"] = amounts.columns[0]
    other = sum(is_other(said(path)) for path in paths if said(path))
    return _Found(rows, paths, columns, amounts, len(columns) + amounts.seen + other)


def _match(paths: Sequence[Path], hidden: frozenset[int]) -> dict[str, int]:
    """The best column of each field but the amount; the first of equals."""
    best: dict[str, tuple[bool, tuple[int, int], int]] = {}
    for index, path in enumerate(paths):
        under = path[-1]
        names = (said(path), under) if under else (said(path), *reversed(path[:-1]))
        found = next((found for name in names if name and (found := field_of(name))), None)
        if found is None or found[0] == "amount":
            continue
        name, rank = found
        place = (index in hidden, rank, index)
        best[name] = min(best.get(name, place), place)
    return {name: index for name, (_, _, index) in best.items()}


def _windows(found: _Found) -> list[range]:
    """The columns of each list where the same headings begin again to the right."""
    title = search_form(said(found.paths[found.columns["title"]]))
    amount = search_form(said(found.paths[found.columns["amount"]]))
    names = [search_form(said(path)) for path in found.paths]
    starts = [index for index, name in enumerate(names) if name == title]
    if len(starts) < 2 or names.count(amount) < len(starts):
        return []
    first = _first_of(found, starts)
    width = starts[1] - starts[0]
    begins = [start - (starts[0] - first) for start in starts]
    if any(start - begin > width for start, begin in zip(starts, begins, strict=True)):
        return []
    return [
        range(begin, end) for begin, end in zip(begins, [*begins[1:], MAX_COLUMNS], strict=True)
    ]


def _first_of(found: _Found, starts: list[int]) -> int:
    """A list begins left of its title where a number or code stands there."""
    left = [index for name, index in found.columns.items() if index < starts[0]]
    return min([*left, starts[0]])


def _within(paths: Sequence[Path], window: range) -> list[Path]:
    empty = ("",) * len(paths[0])
    return [path if index in window else empty for index, path in enumerate(paths)]


def _header(sheet: Sheet, found: _Found, window: range) -> Header:
    rows, columns = found.rows, dict(found.columns)
    named = [said(path) for path in found.paths]
    header = Header(
        row=rows[-1].number,
        columns=columns,
        unit=1,
        unnamed={name: _unnamed_after(named, index) for name, index in columns.items()},
        lines=[texts_of(row) for row in rows],
        amounts=found.amounts.columns,
        parts=found.amounts.parts,
        levels=_levels(found, sheet.hidden_columns),
        headings={index: name for index, name in enumerate(named) if name and index in window},
        window=window,
        doubts=found.amounts.doubts,
    )
    header = with_line_below(sheet, header)
    unit, source = unit_of_list(sheet, found.paths[columns["amount"]], rows[0].number, header)
    texts = [text for column in header.amounts for text in found.paths[column]]
    texts.append(header.headings.get(columns["amount"], ""))
    foreign = next((sign for text in texts if (sign := foreign_currency(text))), "")
    return replace(header, unit=unit, unit_from=source, currency=foreign)


def _levels(found: _Found, hidden: frozenset[int]) -> tuple[int, ...]:
    """Columns such as Program, Project, Activity, each a level below the one before."""
    said_levels = [
        (index, level)
        for index, path in enumerate(found.paths)
        if index not in hidden and (level := level_of(said(path))) is not None
    ]
    ranks = [level for _, level in said_levels]
    is_ladder = len(ranks) > 1 and ranks == sorted(set(ranks))
    inside = found.columns["title"] in [index for index, _ in said_levels]
    return tuple(index for index, _ in said_levels) if is_ladder and inside else ()


def _unnamed_after(names: Sequence[str], index: int) -> range:
    end = next((i for i in range(index + 1, len(names)) if names[i]), len(names) + 1)
    return range(index + 1, end)
