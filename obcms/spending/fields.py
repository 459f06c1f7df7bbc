"""What people say of an expenditure, in the order in which the form asks it (SPEC 6)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import ClassVar

from obcms.kernel.db.types import utc_now
from obcms.kernel.formats import MANILA
from obcms.kernel.rules.fields import Day, Field, Money, Text
from obcms.kernel.rules.money import NO_AMOUNT


@dataclass(frozen=True)
class DayUntilToday(Day):
    """A day that has begun in Manila."""

    def _read(self, value: object) -> date:
        day = super()._read(value)
        if day > utc_now().astimezone(MANILA).date():
            raise self.refused("The date is in the future; post money once it is spent.")
        return day


@dataclass(frozen=True)
class AmountAboveZero(Money):
    """Pesos, at least one centavo."""

    message: ClassVar[str] = "The amount must be above zero."

    def _read(self, value: object) -> Decimal:
        amount = super()._read(value)
        if amount == 0:
            raise self.refused(self.message)
        return amount


EXPENDITURE_FIELDS: tuple[Field, ...] = (
    DayUntilToday("spent_on", required="Choose a date."),
    AmountAboveZero("amount", required=NO_AMOUNT),
    Text("description", required="Say what the money was spent on."),
    Text("payee"),
    Text("reference_number", longest=64),
)
VOID_REASON = Text("reason", required="Say why the expenditure is voided.")
