"""Tables of plain rows, as the limited process gets them."""

from collections.abc import Mapping, Sequence
from typing import Any

from obcms.kernel.intake.table import Row, Sheet

KNOWN: dict[str, Any] = {"fiscal_year": None, "answers": {}}


def sheet_of(rows: Sequence[Mapping[str, Any]], name: str = "") -> Sheet:
    """A heading row of the first row's names, and the rows below it."""
    cells = [tuple(rows[0]), *(tuple(row.values()) for row in rows)]
    return sheet(cells, name)


def sheet(rows: Sequence[Sequence[Any]], name: str = "", **more: Any) -> Sheet:
    """These rows from the first on; an empty one is a blank row."""
    kept = (Row(number, tuple(cells)) for number, cells in enumerate(rows, 1) if cells)
    return Sheet(name, tuple(kept), **more)
