"""Counting working days, whatever the days off are."""

from collections.abc import Callable
from datetime import date, timedelta

DayOff = Callable[[date], bool]
ONE_DAY = timedelta(days=1)


def working_days_between(start: date, end: date, is_day_off: DayOff) -> int:
    """The working days after `start` up to and including `end`; 0 where `end` is not later."""
    days = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
    return sum(not is_day_off(day) for day in days)


def add_working_days(day: date, count: int, is_day_off: DayOff) -> date:
    """The `count`-th working day after `day`, before it where negative; the day itself for 0."""
    step = ONE_DAY if count > 0 else -ONE_DAY
    for _ in range(abs(count)):
        day += step
        while is_day_off(day):
            day += step
    return day


def next_working_day(day: date, is_day_off: DayOff) -> date:
    """The day itself where the offices work on it, else the first one after it on which they do."""
    while is_day_off(day):
        day += ONE_DAY
    return day
