"""The shapes of what was read: sheets of rows of cells."""

from dataclasses import dataclass
from typing import Any

Cell = Any


@dataclass(frozen=True, slots=True)
class Row:
    """One row that holds something; `number` counts from 1 as in the file."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """Cells merged into one: rows count from 1, columns from 0, both ends included."""

    first_row: int
    last_row: int
    first_column: int
    last_column: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet by its name, without its blank rows; a CSV file is one sheet without a name.

    Hidden rows (from 1) are those that are hidden or filtered out, hidden columns count from 0.
    """

    name: str
    rows: tuple[Row, ...]
    dates_from_1904: bool = False
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    merged: tuple[Block, ...] = ()
