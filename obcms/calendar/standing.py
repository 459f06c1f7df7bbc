"""A year of the calendar as a page tells it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from obcms.calendar.days import report_due
from obcms.calendar.models import ProclaimedMonth
from obcms.calendar.reads import current_calendar
from obcms.calendar.rules.counting import working_days_between
from obcms.calendar.rules.deadlines import QUARTERS, report_day
from obcms.calendar.rules.feasts import is_hijri_feast
from obcms.calendar.rules.hijri import HijriMonth
from obcms.calendar.rules.kinds import Holiday
from obcms.kernel.extensions import db

ORDINALS = {1: "first", 2: "second", 3: "third", 4: "fourth"}


@dataclass(frozen=True, slots=True)
class Named:
    """A holiday and where its day is from, in words."""

    day: date
    holiday: Holiday
    source: str


@dataclass(frozen=True, slots=True)
class MonthStart:
    """The first day of a Hijri month; `proclamation` is empty where it is computed."""

    day: date
    month: HijriMonth
    proclamation: str = ""


@dataclass(frozen=True, slots=True)
class Deadline:
    """When reports are due; `moved_from` is the day of the law where that is a day off."""

    day: date
    title: str
    moved_from: date | None


@dataclass(frozen=True, slots=True)
class Month:
    """A Gregorian month with what stands in it, and how many days the offices work."""

    first: date
    holidays: list[Named]
    starts: list[MonthStart]
    deadlines: list[Deadline]
    working_days: int


def months_of(year: int) -> list[Month]:
    """The twelve months of a Gregorian year."""
    calendar = current_calendar()
    numbers = _numbers()
    holidays = [Named(one.day, one, _source(one, numbers)) for one in calendar.holidays_of(year)]
    starts = [
        MonthStart(day, month, numbers.get(month, ""))
        for month, day in calendar.hijri.months_of(year)
    ]
    deadlines = list(_deadlines(year))
    return [
        Month(
            first,
            [one for one in holidays if one.day.month == first.month],
            [one for one in starts if one.day.month == first.month],
            [one for one in deadlines if one.day.month == first.month],
            working_days_between(first - timedelta(days=1), _last(first), calendar.is_day_off),
        )
        for first in (date(year, month, 1) for month in range(1, 13))
    ]


def _last(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _numbers() -> dict[HijriMonth, str]:
    query = select(ProclaimedMonth).where(ProclaimedMonth.in_force)
    return {one.month: one.proclamation for one in db.session.scalars(query)}


def _source(one: Holiday, numbers: Mapping[HijriMonth, str]) -> str:
    if one.proclamation:
        return one.proclamation
    found = current_calendar().hijri.of(one.day) if is_hijri_feast(one.name) else None
    number = numbers.get(HijriMonth(found.year, found.month)) if found else None
    return f"counted from {number}" if number else "computed"


def _deadlines(year: int) -> Iterator[Deadline]:
    for of_year in (year - 1, year):
        for quarter in QUARTERS:
            day, due = report_day(of_year, quarter), report_due(of_year, quarter)
            if due.year == year:
                title = f"Reports on the {ORDINALS[quarter]} quarter of {of_year} are due"
                yield Deadline(due, title, day if due != day else None)
