"""What one cell says, as its column is declared. Faults are ValueErrors, fit to show."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from obcms.imports.table.columns import Column, ColumnKind
from obcms.kernel.intake.amounts import Marks, parse_amount, parse_signed
from obcms.kernel.intake.cells import DASHES, Formula, clean_text, is_error, parse_date, quote
from obcms.kernel.intake.dates import DateOrder
from obcms.kernel.intake.table import Cell
from obcms.kernel.rules.folding import name_key

YES = frozenset({"yes", "y", "true", "1", "x"})
NO = frozenset({"no", "n", "false", "0"})


@dataclass(frozen=True)
class TableStyle:
    """How the table writes amounts and dates, decided for each column as a whole."""

    unit: int = 1
    marks: Mapping[str, Marks] = field(default_factory=dict)
    orders: Mapping[str, DateOrder] = field(default_factory=dict)
    dates_from_1904: bool = False


def read_cell(column: Column, cell: Cell, style: TableStyle) -> Any:
    """A text, or for other kinds a Decimal in pesos, a date, a truth or a choice; None if blank.

    What is no choice stays as it was written, folded: whoever knows the choices refuses it.
    """
    text = clean_text(cell)
    if column.kind is ColumnKind.TEXT:
        return _text(column, cell, text)
    if text in ("", *DASHES):
        return None
    if column.kind is ColumnKind.DATE:
        return parse_date(cell, style.dates_from_1904, style.orders.get(column.name))
    if column.kind is ColumnKind.FLAG:
        return _flag(column, text)
    if column.kind is ColumnKind.CHOICE:
        said = name_key(text)
        return column.choices.get(said, said)
    read = parse_signed if column.kind is ColumnKind.SIGNED else parse_amount
    return read(cell, style.unit, style.marks.get(column.name, Marks.POINT))


def _text(column: Column, cell: Cell, text: str) -> str:
    if is_error(cell):
        raise ValueError(f"The {column.label} is the error {text}.")
    if isinstance(cell, Formula):
        raise ValueError(f"The {column.label} is a formula without a stored result.")
    if isinstance(cell, date):
        raise ValueError(f"The {column.label} holds a date, {quote(cell)}, and no text.")
    return text


def _flag(column: Column, text: str) -> bool:
    if (said := name_key(text)) not in YES | NO:
        raise ValueError(f"“{text}” says neither yes nor no to “{column.label}”.")
    return said in YES
