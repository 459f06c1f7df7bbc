"""What the preview's template shows besides the rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from obcms.imports.outcome import ImportOutcome, PlannedRow
from obcms.kernel.formats import day, peso
from obcms.kernel.rules.choice import Choice

ROWS_OF_A_PAGE = 500


@dataclass(frozen=True, slots=True)
class RowPage:
    """A page of the accepted rows; pages count from 1."""

    rows: Sequence[PlannedRow]
    number: int
    count: int


def page_of(outcome: ImportOutcome, asked: str) -> RowPage:
    """The page with this number, the first or last where there is no such page."""
    count = max(-(-len(outcome.rows) // ROWS_OF_A_PAGE), 1)
    number = min(max(int(asked), 1), count) if asked.isdecimal() and len(asked) < 9 else 1
    start = (number - 1) * ROWS_OF_A_PAGE
    return RowPage(outcome.rows[start : start + ROWS_OF_A_PAGE], number, count)


def in_words(value: Any) -> str:
    """A value as people read it, by what it is."""
    if value is None or value == "":
        return "—"
    if isinstance(value, Decimal):
        return peso(value)
    if isinstance(value, date):
        return day(value)
    return value.label if isinstance(value, Choice) else str(value)


READING = {
    "pesos": lambda amount: peso(Decimal(amount)),
    "in_words": in_words,
}
