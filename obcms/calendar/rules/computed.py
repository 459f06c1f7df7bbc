"""What the packages compute: national holidays, and the region's on its own Hijri calendar."""

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import Any

from holidays.constants import PUBLIC, WORKDAY
from holidays.countries.philippines import Philippines

from obcms.calendar.rules.feasts import FEASTS, HIJRI_FEASTS, REGULAR, Feast, feast_key
from obcms.calendar.rules.hijri import HijriCalendar, HijriMonth
from obcms.calendar.rules.kinds import DayKind, Holiday

FIRST_YEAR, LAST_YEAR = 1990, 2100
REMEMBERED = 256  # years: all that are looked at, before and after a proclamation
Starts = tuple[tuple[HijriMonth, date], ...]
# What the package does not tell apart from the special non-working days (RA 9492, as amended).
NATIONAL_REGULAR = frozenset(
    feast_key(name)
    for name in (
        "New Year's Day",
        "Maundy Thursday",
        "Good Friday",
        "Araw ng Kagitingan",
        "Labor Day",
        "Independence Day",
        "National Heroes Day",
        "Bonifacio Day",
        "Christmas Day",
        "Rizal Day",
    )
)
_KINDS = {feast_key(feast.name): feast.kind for feast in FEASTS}


class Bangsamoro(Philippines):
    """The nation's holidays with the two Eids as the region's Hijri calendar has them, and BAA 39.

    The package takes both Eids from the President's proclamations, which may name another day.
    """

    def __init__(self, hijri: HijriCalendar, **options: Any) -> None:
        self._hijri = hijri
        super().__init__(language="en_PH", **options)

    def _populate_public_holidays(self) -> None:
        super()._populate_public_holidays()
        self._add_feasts(off=True)

    def _populate_workday_holidays(self) -> None:
        super()._populate_workday_holidays()
        self._add_feasts(off=False)

    def _add_eid_al_fitr_day(self, name: str) -> set[date]:
        del name  # among the feasts
        return set()

    def _add_eid_al_adha_day(self, name: str) -> set[date]:
        del name  # among the feasts
        return set()

    def _add_feasts(self, off: bool) -> None:
        for feast in FEASTS:
            if feast.kind.is_off is off:
                for day in _days(feast, self._hijri, self._year):
                    self._add_holiday(feast.name, day)


@lru_cache(REMEMBERED)
def computed_holidays(year: int, starts: Starts) -> tuple[Holiday, ...]:
    """Those of a year by their days, with these proclaimed first days of Hijri months.

    A day may have several names. Remembered, because the package takes milliseconds for a year.
    """
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return ()
    hijri = HijriCalendar(dict(starts))
    found = {
        (day, feast_key(name)): Holiday(day, name, _kind(name, category))
        for category in (WORKDAY, PUBLIC)  # a day off outweighs a working one of the same name
        for day, name in _named(Bangsamoro(hijri, years=year, categories=(category,)))
    }
    return tuple(sorted(found.values(), key=lambda one: (one.day, not one.kind.is_off, one.name)))


def _named(days: Bangsamoro) -> Iterator[tuple[date, str]]:
    for day in days:
        yield from ((day, name) for name in days.get_list(day))


def _kind(name: str, category: str) -> DayKind:
    if category == WORKDAY:
        return DayKind.SPECIAL_WORKING
    key = feast_key(name)
    regular = REGULAR if key in NATIONAL_REGULAR else DayKind.SPECIAL_NON_WORKING
    return _KINDS.get(key, regular)


def _days(feast: Feast, hijri: HijriCalendar, year: int) -> Iterator[date]:
    if feast in HIJRI_FEASTS:
        yield from hijri.days_of(year, feast.month, feast.day)
    else:
        yield date(year, feast.month, feast.day)
