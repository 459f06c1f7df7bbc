"""The Hijri calendar as the region proclaims it, on the computed one of `hijridate`."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from hijridate import Hijri
from hijridate.locales import get_locale

FIRST_YEAR, LAST_YEAR = 1343, 1500  # what `hijridate` knows
MONTHS = tuple(get_locale("en").month_names)
SHORTEST, LONGEST = 29, 30  # days of a Hijri month


class HijriMonth(NamedTuple):
    year: int
    month: int  # 1 to 12

    def __str__(self) -> str:
        return f"{MONTHS[self.month - 1]} {self.year} AH"


class HijriDate(NamedTuple):
    year: int
    month: int
    day: int

    def __str__(self) -> str:
        return f"{self.day} {MONTHS[self.month - 1]} {self.year} AH"


@cache
def computed_starts() -> tuple[int, ...]:
    """The first days of all months that `hijridate` knows, as ordinals of Gregorian days."""
    months = range((LAST_YEAR - FIRST_YEAR + 1) * 12)
    return tuple(Hijri(*_month(index), 1).to_gregorian().toordinal() for index in months)


def computed_start(month: HijriMonth) -> date:
    """Where `hijridate` has the month begin."""
    return date.fromordinal(computed_starts()[_index(month)])


class HijriCalendar:
    """Which Hijri day each day is, with the first days of months as proclaimed.

    Months have 29 or 30 days: where a proclaimed start would make a neighbor longer or shorter,
    that one's own start moves, by as few days as it takes, unless it is proclaimed, too.
    """

    def __init__(self, proclaimed: Mapping[HijriMonth, date]) -> None:
        self._starts = list(computed_starts())
        fixed = {_index(month): day.toordinal() for month, day in proclaimed.items()}
        for index, start in fixed.items():
            self._starts[index] = start
        for index in sorted(fixed):
            self._settle_after(index, fixed)
        for index in sorted(fixed, reverse=True):
            self._settle_before(index, fixed)

    def _settle_after(self, index: int, fixed: Mapping[int, int]) -> None:
        for one in range(index + 1, len(self._starts)):
            earlier = self._starts[one - 1]
            start = min(max(self._starts[one], earlier + SHORTEST), earlier + LONGEST)
            if one in fixed or start == self._starts[one]:
                return
            self._starts[one] = start

    def _settle_before(self, index: int, fixed: Mapping[int, int]) -> None:
        for one in range(index - 1, -1, -1):
            later = self._starts[one + 1]
            start = max(min(self._starts[one], later - SHORTEST), later - LONGEST)
            if one in fixed or start == self._starts[one]:
                return
            self._starts[one] = start

    def first_day(self, month: HijriMonth) -> date:
        """Of the month, which lies between 1343 and 1500 AH."""
        return date.fromordinal(self._starts[_index(month)])

    def of(self, day: date) -> HijriDate | None:
        """The day in this calendar; None where it is not known (before 1924, from 2077 on)."""
        index = bisect_right(self._starts, day.toordinal()) - 1
        if not 0 <= index < len(self._starts) - 1:
            return None
        return HijriDate(*_month(index), day.toordinal() - self._starts[index] + 1)

    def months_of(self, year: int) -> Iterator[tuple[HijriMonth, date]]:
        """The months that begin in a Gregorian year, with their first days."""
        first = bisect_right(self._starts, date(year, 1, 1).toordinal() - 1)
        for index in range(first, len(self._starts)):
            day = date.fromordinal(self._starts[index])
            if day.year != year:
                return
            yield _month(index), day

    def days_of(self, year: int, month: int, day: int) -> Iterator[date]:
        """When this day of the Hijri year falls in a Gregorian year: once, at times twice."""
        first = bisect_right(self._starts, date(year, 1, 1).toordinal()) - 1
        for index in range(max(first, 0), len(self._starts)):
            found = date.fromordinal(self._starts[index]) + timedelta(days=day - 1)
            if found.year > year:
                return
            if _month(index).month == month and found.year == year:
                yield found


def odd_neighbors(proclaimed: Mapping[HijriMonth, date]) -> Iterator[tuple[HijriMonth, int]]:
    """Proclaimed months whose next is proclaimed, too, with lengths that no month has."""
    by_index = sorted((_index(month), day) for month, day in proclaimed.items())
    for (index, day), (following, next_day) in pairwise(by_index):
        length = (next_day - day).days
        if following == index + 1 and not SHORTEST <= length <= LONGEST:
            yield _month(index), length


def _index(month: HijriMonth) -> int:
    return (month.year - FIRST_YEAR) * 12 + month.month - 1


def _month(index: int) -> HijriMonth:
    return HijriMonth(FIRST_YEAR + index // 12, index % 12 + 1)
