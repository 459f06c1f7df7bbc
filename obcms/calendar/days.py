"""Days off, working days and both calendars, for all who count or show days (SPEC 10).

Days are those of Manila. What is proclaimed is read once in each transaction, not once a day.
"""

from datetime import date

from obcms.calendar.reads import current_calendar
from obcms.calendar.rules import counting, deadlines


def working_days_between(start: date, end: date) -> int:
    """The working days after `start` up to and including `end`; 0 where `end` is not later."""
    return counting.working_days_between(start, end, current_calendar().is_day_off)


def add_working_days(day: date, count: int) -> date:
    """The `count`-th working day after `day`, before it where negative; the day itself for 0."""
    return counting.add_working_days(day, count, current_calendar().is_day_off)


def next_working_day(day: date) -> date:
    """The day itself where the offices work on it, else the first one after it on which they do."""
    return counting.next_working_day(day, current_calendar().is_day_off)


def report_due(year: int, quarter: int) -> date:
    """By when the reports on a quarter (1 to 4) of this year are due; never a day off."""
    return deadlines.report_due(year, quarter, current_calendar().is_day_off)


def in_both_calendars(day: date) -> str:
    """The Hijri date, then the Gregorian one (BAA 20): `1 Shawwal 1446 AH (31 March 2025)`."""
    gregorian = f"{day.day} {day:%B %Y}"
    hijri = current_calendar().hijri.of(day)
    return f"{hijri} ({gregorian})" if hijri else gregorian
