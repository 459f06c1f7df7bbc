"""Calendar quarters, which the ledger is closed by."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self


@dataclass(frozen=True, order=True)
class Quarter:
    """`number` is 1 to 4."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> Self:
        """The quarter of a day."""
        return cls(day.year, (day.month + 2) // 3)

    @property
    def first_day(self) -> date:
        """Such as 1 April."""
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def last_day(self) -> date:
        """Such as 30 June."""
        return self.next.first_day - timedelta(days=1)

    @property
    def next(self) -> Self:
        """The quarter after it."""
        later, quarter = divmod(self.number, 4)
        return type(self)(self.year + later, quarter + 1)

    @property
    def before(self) -> Self:
        """The quarter before it."""
        return type(self).of(self.first_day - timedelta(days=1))

    def __str__(self) -> str:
        return f"{('first', 'second', 'third', 'fourth')[self.number - 1]} quarter of {self.year}"
