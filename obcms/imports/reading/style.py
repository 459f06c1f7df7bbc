"""How a list's columns write amounts and dates, decided for each column as a whole (SPEC 13)."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from obcms.imports.reading.doubts import NO, UNITS, YES, Doubt, GivenAnswers
from obcms.imports.reading.header import Header
from obcms.imports.reading.units import ODD
from obcms.kernel.intake.amounts import Marks, is_either, marks_of
from obcms.kernel.intake.cells import clean_text
from obcms.kernel.intake.dates import (
    MOST_MONTHS,
    DateOrder,
    fits_year_first,
    is_either_way,
    order_of,
    orders_in,
    read_moment,
    turned,
)
from obcms.kernel.intake.table import Cell, Row

DATES = ("start", "end")
FEWEST_MADE = 2  # of one date nothing can be told


@dataclass(frozen=True, slots=True)
class ListStyle:
    """The marks of the amounts, and the order of each date column that has one.

    In the columns that are `turned` Excel took the day for the month where it could.
    """

    unit: int = 1
    marks: Marks = Marks.POINT
    orders: Mapping[str, DateOrder] = field(default_factory=dict)
    turned: frozenset[str] = frozenset()
    doubts: tuple[Doubt, ...] = ()


def style_of(header: Header, rows: Sequence[Row], asked: GivenAnswers) -> ListStyle:
    """Decided by what some rows say without doubt; asked where none does."""
    unit = _unit(header, asked)
    marks, unclear = marks_of_cells(_cells(rows, header.amounts), unit, asked)
    orders, either = _orders(header, rows, asked)
    half_made, half = _turned(header, rows, asked)
    doubts = (*_odd_unit(header, asked), *unclear, *either, *half)
    return ListStyle(unit, marks, orders, half_made, doubts)


def _odd_unit(header: Header, asked: GivenAnswers) -> tuple[Doubt, ...]:
    """A unit that is none of those that are known."""
    heading = header.headings.get(header.amount_column, "")
    if asked.answer("unit") or header.unit_from or not ODD.search(heading):
        return ()
    readings = tuple((name, f"in {name}") for name in UNITS)
    return (Doubt("unit", f"What does one mean under “{heading}”?", readings),)


def _unit(header: Header, asked: GivenAnswers) -> int:
    named = asked.answer("unit")
    return UNITS[named] if named else header.unit


def marks_of_cells(
    cells: Iterable[Cell], unit: int, asked: GivenAnswers
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
    header: Header, rows: Sequence[Row], asked: GivenAnswers
) -> tuple[dict[str, DateOrder], tuple[Doubt, ...]]:
    texts = {
        name: [clean_text(cell) for cell in _cells(rows, (header.columns[name],))]
        for name in DATES
        if name in header.columns
    }
    return orders_of(texts, asked)


def orders_of(
    texts: Mapping[str, Sequence[str]], asked: GivenAnswers
) -> tuple[dict[str, DateOrder], tuple[Doubt, ...]]:
    """The order of each date column, by the texts of its cells; what others say serves as well."""
    if answer := asked.answer("dates"):
        return dict.fromkeys(texts, DateOrder(answer)), ()
    said = {name: orders_in(column) for name, column in texts.items()}
    everywhere = set().union(*said.values())
    orders, example = {}, ""
    for name, column in texts.items():
        known = said[name] or everywhere
        if DateOrder.YEAR_FIRST in said[name]:
            # A day such as that of 26-1-30 may look like a year.
            sure = (one for one in column if not fits_year_first(one))
            known = {DateOrder.YEAR_FIRST} | orders_in(sure)
        if len(known) == 1:
            orders[name] = next(iter(known))
        elif known and not any(map(is_either_way, column)):
            # Each says its own order; the rarer one is named.
            orders[name] = Counter(filter(None, map(order_of, column))).most_common(1)[0][0]
        elif found := next(filter(is_either_way, column), None):
            example = example or found
    if not example:
        return orders, ()
    readings = ((str(DateOrder.MONTH_FIRST), "the month"), (str(DateOrder.DAY_FIRST), "the day"))
    return orders, (Doubt("dates", f"What comes first in “{example}”?", readings),)


def _turned(
    header: Header, rows: Sequence[Row], asked: GivenAnswers
) -> tuple[frozenset[str], tuple[Doubt, ...]]:
    """Columns of which Excel made dates where a month could be first, and left the rest as text."""
    columns = {
        name: _cells(rows, (header.columns[name],)) for name in DATES if name in header.columns
    }
    half = {name: found for name, cells in columns.items() if (found := _half_made(cells))}
    if not half or asked.answer("turned"):
        return frozenset(half if asked.answer("turned") == YES else ()), ()
    text, moment = next(iter(half.values()))
    stored, meant = read_moment(moment), turned(moment)
    question = (
        f"Beside “{text}”, which has its day first, stands {stored:%B} {stored.day} as a date of "
        "Excel. Did Excel turn such dates around?"
    )
    readings = ((YES, f"yes, it is {meant:%B} {meant.day}"), (NO, "no"))
    return frozenset(), (Doubt("turned", question, readings),)


def _half_made(cells: Sequence[Cell]) -> tuple[str, datetime] | None:
    """A text and a date of such a column: its texts have the day first, no date is after a 12th."""
    texts = [clean_text(cell) for cell in cells if isinstance(cell, str)]
    moments = [cell for cell in cells if isinstance(cell, datetime)]
    first = next((text for text in texts if order_of(text)), None)
    odd = next((one for one in moments if turned(one) != read_moment(one)), None)
    if first is None or odd is None or orders_in(texts) != {DateOrder.DAY_FIRST}:
        return None
    if len(moments) < FEWEST_MADE:
        return None
    # Excel leaves no text that it can make a date of.
    whole = all(read_moment(one).day <= MOST_MONTHS for one in moments)
    return (first, odd) if whole and not any(map(is_either_way, texts)) else None


def _cells(rows: Sequence[Row], columns: Sequence[int]) -> list[Cell]:
    return [row.cells[column] for row in rows for column in columns if column < len(row.cells)]
