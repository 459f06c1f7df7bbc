"""Which rows of a table are its own, and which are totals, notes or headings again (SPEC 13)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from obcms.imports.reading.doubts import LEAVE, GivenAnswers
from obcms.imports.reading.header import texts_of
from obcms.imports.reading.kinds import says_total
from obcms.imports.reading.totals import RunningTotals
from obcms.imports.table.columns import AMOUNTS, Said, Table
from obcms.imports.table.heading import Heading
from obcms.imports.table.values import TableStyle, read_cell
from obcms.kernel.intake.cells import quote
from obcms.kernel.intake.table import Row
from obcms.kernel.rules.choice import Choice

# What is left of 1,234,500.00 in the next cell of a CSV file without quotation marks.
_SPLIT = re.compile(r"[0-9]{3}(?:\.[0-9]*)?")
_SEPARATORS = re.compile(r"[\s,;:–—-]+")


class TakenFor(Choice):
    """What a row is that is none of the table's own."""

    TOTAL = "total"
    HIDDEN = "hidden"
    HEADINGS = "headings again"
    NOTE = "note or heading"
    ABOVE = "above the headings"


@dataclass(frozen=True)
class PassedOver:
    """A row that is none of the table's own: what it was taken for, says, and its amounts."""

    row: int
    taken_for: TakenFor
    says: str
    amounts: dict[str, Decimal]
    amount: Decimal | None


@dataclass(frozen=True)
class Warned:
    row: int
    reason: str
    amount: Decimal | None


class SortedRows(NamedTuple):
    """The table's own rows, the others, and what is odd about these."""

    own: list[Row]
    passed_over: list[PassedOver]
    warnings: list[Warned]


def sort_rows(table: Table, heading: Heading, style: TableStyle, asked: GivenAnswers) -> SortedRows:
    """Sorts every row below the heading, and compares totals with the rows above them."""
    found, running = SortedRows([], [], []), RunningTotals()
    for row in rows_below(heading):
        amounts = readable_amounts(table, heading, row, style)
        amount = amount_of(table, amounts)
        taken_for = _taken_for(table, heading, row, amount, running, asked)
        if taken_for is None:
            running.add(amount or Decimal(0))
            found.own.append(row)
            continue
        says = next(iter(texts_of(row).values()))
        found.passed_over.append(PassedOver(row.number, taken_for, quote(says), amounts, amount))
        if taken_for is TakenFor.TOTAL and amount is not None:
            summed = running.check(_SEPARATORS.sub(" ", says).strip(), amount)
            if summed is not None:
                told = f"“{quote(says)}” says ₱{amount:,.2f}; the rows above sum to ₱{summed:,.2f}."
                found.warnings.append(Warned(row.number, told, amount))
    return found


def rows_below(heading: Heading) -> Iterator[Row]:
    """All rows below the heading that hold something."""
    return (row for row in heading.sheet.rows if row.number > heading.row and texts_of(row))


def readable_amounts(
    table: Table, heading: Heading, row: Row, style: TableStyle
) -> dict[str, Decimal]:
    """The row's amounts in pesos by column, without those that cannot be read."""
    found = {}
    for column in table.of_kind(*AMOUNTS):
        try:
            amount = read_cell(column, heading.cell(row, column.name), style)
        except ValueError:
            continue
        if amount is not None:
            found[column.name] = amount
    return found


def amount_of(table: Table, said: Said) -> Decimal | None:
    """What the row comes to, or says that it comes to, in pesos; None without any amount."""
    parts = [said[name] for name in table.money if said.get(name) is not None]
    return sum(parts, Decimal(0)) if parts else said.get(table.whole)


def spilled(heading: Heading, row: Row) -> bool:
    """Whether an amount with commas fell apart into cells beyond the headings."""
    last = max(heading.texts)
    beyond = [text for place, text in texts_of(row).items() if place > last]
    return any(_SPLIT.fullmatch(text) for text in beyond)


def _taken_for(
    table: Table,
    heading: Heading,
    row: Row,
    amount: Decimal | None,
    running: RunningTotals,
    asked: GivenAnswers,
) -> TakenFor | None:
    """What the row is besides one of the table's own; None for those."""
    if row.number in heading.sheet.hidden_rows and asked.answer("hidden") == LEAVE:
        return TakenFor.HIDDEN
    texts = texts_of(row)
    again = [place for place, text in heading.own.items() if texts.get(place) == text]
    if len(again) > 1 and len(again) == len(texts):
        return TakenFor.HEADINGS
    marker = texts.get(heading.columns.get(table.marker, -1), "")
    if marker and not _says_total(marker):
        return None
    if any(_says_total(text) for text in list(texts.values())[:3]):
        return TakenFor.TOTAL
    if amount is None:
        return TakenFor.NOTE
    has_marker = table.marker in heading.columns
    return TakenFor.TOTAL if has_marker and amount and running.is_sum(amount) else None


def _says_total(text: str) -> bool:
    return says_total(_SEPARATORS.sub(" ", text).strip())
