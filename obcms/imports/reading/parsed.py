"""What was read of a file: its PPA rows, the reasons and questions, and how each list was read."""

from collections.abc import Mapping
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
    decimals, and always there: a row without one is refused. `moa` is an acronym or a name.
    `list_number` counts the file's lists from 1.
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
    list_number: int = 1


@dataclass(frozen=True, slots=True)
class Headline:
    """A line over rows of a list; a title stands above all of them."""

    list_number: int
    row: int
    text: str
    is_title: bool = False


@dataclass(frozen=True, slots=True)
class RowNote:
    """Why a row was refused, or what of it was left unset; its amount in pesos where it has one.

    `details` are for programs, as an error has them.
    """

    row: int
    reason: str
    amount: Decimal | None = None
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ParsedFile:
    """All PPA rows of a file's sheets, in order; `columns` names the fields that the file has.

    `doubts` are open questions, `lists` how each list was read (`described`), `headlines` what may
    say whose the rows below are.
    """

    rows: list[ParsedRow] = field(default_factory=list)
    refused: list[RowNote] = field(default_factory=list)
    warnings: list[RowNote] = field(default_factory=list)
    columns: frozenset[str] = frozenset()
    doubts: list[Doubt] = field(default_factory=list)
    headlines: list[Headline] = field(default_factory=list)
    lists: list[dict[str, Any]] = field(default_factory=list)


def pesos(amount: Decimal) -> str:
    """₱1,234.50, as reasons say it."""
    return f"₱{amount:,.2f}"
