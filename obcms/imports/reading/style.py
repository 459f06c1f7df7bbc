"""How a list's columns write amounts and dates, decided for each column as a whole (SPEC 13)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from obcms.imports.reading.doubts import UNITS, Asked, Doubt
from obcms.imports.reading.header import Header
from obcms.imports.reading.units import ODD
from obcms.kernel.intake.amounts import Marks, is_either, marks_of
from obcms.kernel.intake.cells import clean_text
from obcms.kernel.intake.dates import DateOrder, is_either_way, orders_in
from obcms.kernel.intake.table import Cell, Row

DATES = ("start", "end")


@dataclass(frozen=True, slots=True)
class Style:
    """The marks of the amounts, and the order of each date column that has one."""

    unit: int = 1
    marks: Marks = Marks.POINT
    orders: Mapping[str, DateOrder] = field(default_factory=dict)
    doubts: tuple[Doubt, ...] = ()


def style_of(header: Header, rows: Sequence[Row], asked: Asked) -> Style:
    """Decided by what some rows say without doubt; asked where none does."""
    unit = _unit(header, asked)
    marks, unclear = marks_of_cells(_cells(rows, header.amounts), unit, asked)
    orders, either = _orders(header, rows, asked)
    return Style(unit, marks, orders, (*_odd_unit(header, asked), *unclear, *either))


def _odd_unit(header: Header, asked: Asked) -> tuple[Doubt, ...]:
    """A unit that is none of those that are known."""
    heading = header.headings.get(header.columns["amount"], "")
    if asked.answer("unit") or header.unit_from or not ODD.search(heading):
        return ()
    readings = tuple((name, f"in {name}") for name in UNITS)
    return (Doubt("unit", f"What does one mean under “{heading}”?", readings),)


def _unit(header: Header, asked: Asked) -> int:
    named = asked.answer("unit")
    return UNITS[named] if named else header.unit


def marks_of_cells(
    cells: Iterable[Cell], unit: int, asked: Asked
) -> tuple[Marks, tuple[Doubt, ...]]:
    """What stands before the centavos in a column, or a question where that is open."""
    if answer := asked.answer("marks"):
        return Marks(answer), ()
    cells = list(cells)
    each = [(cell, *found) for cell in cells if (found := marks_of(cell))]
    certain = {marks for _, marks, is_certain in each if is_certain}
    if len(certain) == 1:
        return certain.pop(), ()
    likely = {marks for _, marks, _ in each}
    unclear = [cell for cell in cells if unit == 1 and is_either(cell)]
    if likely == {Marks.POINT} or not (likely or unclear):
        return Marks.POINT, ()
    commas = [cell for cell, marks, _ in each if marks is Marks.COMMA]
    example = (commas or unclear)[0]
    question = f"What stands before the centavos in “{clean_text(example)}” and its like?"
    readings = ((str(Marks.COMMA), "a comma"), (str(Marks.POINT), "a point"))
    return Marks.POINT, (Doubt("marks", question, readings),)


def _orders(
    header: Header, rows: Sequence[Row], asked: Asked
) -> tuple[dict[str, DateOrder], tuple[Doubt, ...]]:
    texts = {
        name: [clean_text(cell) for cell in _cells(rows, (header.columns[name],))]
        for name in DATES
        if name in header.columns
    }
    return orders_of(texts, asked)


def orders_of(
    texts: Mapping[str, Sequence[str]], asked: Asked
) -> tuple[dict[str, DateOrder], tuple[Doubt, ...]]:
    """The order of each date column, by the texts of its cells; what others say serves as well."""
    if answer := asked.answer("dates"):
        return dict.fromkeys(texts, DateOrder(answer)), ()
    said = {name: orders_in(column) for name, column in texts.items()}
    everywhere = set().union(*said.values())
    orders, example = {}, ""
    for name, column in texts.items():
        known = said[name] or everywhere
        if len(known) == 1:
            orders[name] = next(iter(known))
        elif found := next(filter(is_either_way, column), None):
            example = example or found
    if not example:
        return orders, ()
    readings = ((str(DateOrder.MONTH_FIRST), "the month"), (str(DateOrder.DAY_FIRST), "the day"))
    return orders, (Doubt("dates", f"What comes first in “{example}”?", readings),)


def _cells(rows: Sequence[Row], columns: Sequence[int]) -> list[Cell]:
    return [row.cells[column] for row in rows for column in columns if column < len(row.cells)]
