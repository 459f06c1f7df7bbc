"""What stands over each column of a list: the texts of its heading rows, from the top down."""

from collections.abc import Sequence

from obcms.kernel.intake.cells import Formula, clean_text
from obcms.kernel.intake.table import Block, Row, Sheet

Path = tuple[str, ...]
YEARS = range(1990, 2101)


def names_of(row: Row, lower: bool = False) -> list[str]:
    """The row's texts by column; in a lower row of a heading a year may stand as a number."""
    return [_name(cell, lower) for cell in row.cells]


def _name(cell: object, lower: bool) -> str:
    if lower and isinstance(cell, int | float) and cell in YEARS:
        return str(int(cell))
    plain = isinstance(cell, str) and not isinstance(cell, Formula)
    return clean_text(cell) if plain else ""


def paths_of(sheet: Sheet, rows: Sequence[Row]) -> list[Path]:
    """The heading of each column: one text for each row, empty where nothing stands there.

    A text over several columns reaches over all of its merged cells; where nothing is merged, to
    the right as far as only the rows below it say something.
    """
    width = max(len(row.cells) for row in rows)
    lines = [names_of(row, number > 0) for number, row in enumerate(rows)]
    lines = [line + [""] * (width - len(line)) for line in lines]
    reached = [
        _reach(line, lines[number + 1 :], _merged_in(sheet, rows[number]))
        for number, line in enumerate(lines)
    ]
    return list(zip(*reached, strict=True))


def _merged_in(sheet: Sheet, row: Row) -> list[Block]:
    return [block for block in sheet.merged if block.first_row == row.number]


def _reach(line: list[str], below: list[list[str]], merged: list[Block]) -> list[str]:
    wide = [block for block in merged if block.last_column > block.first_column]
    if not below:
        return line
    reached = list(line)
    if wide:
        for block in wide:
            for column in range(block.first_column + 1, min(block.last_column + 1, len(line))):
                reached[column] = line[block.first_column]
        return reached
    for column in range(1, len(line)):
        if not reached[column] and any(lower[column] for lower in below):
            reached[column] = reached[column - 1]
    return reached


def said(path: Path) -> str:
    """The heading as one text, without repeats."""
    return " ".join(dict.fromkeys(text for text in path if text))
