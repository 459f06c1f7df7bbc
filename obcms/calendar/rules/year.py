"""The region's calendar: what is proclaimed over what is computed (SPEC 10)."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import cached_property

from obcms.calendar.rules.computed import computed_holidays
from obcms.calendar.rules.feasts import feast_key
from obcms.calendar.rules.hijri import HijriCalendar, HijriMonth
from obcms.calendar.rules.kinds import Holiday

SATURDAY = 5
HALF_A_YEAR = timedelta(days=177)  # of the Hijri calendar: a feast comes every 354 or 355 days
# Names that the package gives to any number of days of a year: no proclamation means just one.
SHARED_NAMES = frozenset(
    feast_key(name)
    for name in ("Additional special (non-working) day", "Elections special (non-working) day")
)


class Calendar:
    """Days off and Hijri dates, by the proclamations given.

    A proclaimed day takes the place of the nearest computed day of the same name, which may be
    the same day in another kind. A proclaimed month start moves the feasts of its month.
    """

    def __init__(
        self, days: Sequence[Holiday] = (), starts: Mapping[HijriMonth, date] | None = None
    ) -> None:
        self.proclaimed = tuple(days)
        self.starts = dict(starts or {})
        self._off: dict[int, frozenset[date]] = {}

    @cached_property
    def hijri(self) -> HijriCalendar:
        """Its Hijri half."""
        return HijriCalendar(self.starts)

    def is_day_off(self, day: date) -> bool:
        """Saturdays, Sundays and the holidays on which the offices are closed."""
        return day.weekday() >= SATURDAY or day in self._days_off(day.year)

    def holidays_of(self, year: int) -> list[Holiday]:
        """Those of a Gregorian year by their days, working ones too."""
        standing = [one for one in self._computed_of(year) if not self._replaced(one)]
        named = [self._with_replaced(one) for one in self.proclaimed if one.day.year == year]
        return sorted([*standing, *named], key=lambda one: (one.day, not one.kind.is_off, one.name))

    def computed_near(self, day: date) -> Iterator[Holiday]:
        """The computed days of the year before, of this day's year and of the next."""
        for year in (day.year - 1, day.year, day.year + 1):
            yield from self._computed_of(year)

    def _days_off(self, year: int) -> frozenset[date]:
        if year not in self._off:
            named = self.holidays_of(year)
            self._off[year] = frozenset(one.day for one in named if one.kind.is_off)
        return self._off[year]

    def _computed_of(self, year: int) -> Sequence[Holiday]:
        return computed_holidays(year, tuple(sorted(self.starts.items())))

    @cached_property
    def _places(self) -> dict[tuple[date, str], tuple[date, ...]]:
        """For each proclaimed day, by its day and key, the computed days it takes the place of."""
        return {
            (one.day, feast_key(one.name)): tuple(self._nearest(one)) for one in self.proclaimed
        }

    @cached_property
    def _taken(self) -> set[tuple[date, str]]:
        return {(day, key) for (_, key), days in self._places.items() for day in days}

    def _nearest(self, proclaimed: Holiday) -> Iterator[date]:
        key = feast_key(proclaimed.name)
        if key in SHARED_NAMES:
            return
        days = [
            one.day
            for one in self.computed_near(proclaimed.day)
            if feast_key(one.name) == key and abs(one.day - proclaimed.day) <= HALF_A_YEAR
        ]
        if days:
            yield min(days, key=lambda day: abs(day - proclaimed.day))

    def _replaced(self, computed: Holiday) -> bool:
        return (computed.day, feast_key(computed.name)) in self._taken

    def _with_replaced(self, one: Holiday) -> Holiday:
        places = self._places[one.day, feast_key(one.name)]
        return Holiday(one.day, one.name, one.kind, one.proclamation, places)
