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
class Sheet:
    """A sheet by its name, without its blank rows; a CSV file is one sheet without a name."""

    name: str
    rows: tuple[Row, ...]
    dates_from_1904: bool = False
