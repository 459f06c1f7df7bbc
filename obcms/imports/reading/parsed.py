"""What was read of a file: its PPA rows, the reasons and questions, and how each list was read."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from obcms.imports.reading.doubts import Doubt
from obcms.ppas.rules.choices import AppropriationClass


@dataclass(frozen=True, slots=True)
class ParsedRow:
    """One PPA row of the file; None or "" where a cell is empty or could not be read.

    `row` counts from 1 as in the file, `sheet` is empty for CSV. `amount` is in pesos with two
    decimals, and always there: a row without one is refused. `moa` is an acronym.
    """

    row: int
    sheet: str
    code: str | None
    title: str
    amount: Decimal
    appropriation_class: AppropriationClass | None
    start: date | None
    end: date | None
    remarks: str
    moa: str | None
    fiscal_year: int | None


@dataclass(frozen=True, slots=True)
class RowNote:
    """Why a row was refused, or what of it was left unset; its amount in pesos where it has one."""

    row: int
    reason: str
    amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ParsedFile:
    """All PPA rows of a file's sheets, in order; `columns` names the fields that the file has.

    `doubts` are open questions, `lists` how each list was read (`described`).
    """

    rows: list[ParsedRow] = field(default_factory=list)
    refused: list[RowNote] = field(default_factory=list)
    warnings: list[RowNote] = field(default_factory=list)
    columns: frozenset[str] = frozenset()
    doubts: list[Doubt] = field(default_factory=list)
    lists: list[dict[str, Any]] = field(default_factory=list)


def pesos(amount: Decimal) -> str:
    """₱1,234.50, as reasons say it."""
    return f"₱{amount:,.2f}"
