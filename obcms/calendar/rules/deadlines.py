"""By when the quarter's reports are due (BUDGET.md, “Deadlines and days”)."""

from datetime import date

from obcms.calendar.rules.counting import DayOff, next_working_day

QUARTERS = (1, 2, 3, 4)
_DAYS = {1: (0, 4, 30), 2: (0, 7, 30), 3: (0, 10, 30), 4: (1, 1, 30)}


def report_day(year: int, quarter: int) -> date:
    """30 calendar days after the quarter of this year: the last quarter's is in the next year."""
    later, month, day = _DAYS[quarter]
    return date(year + later, month, day)


def report_due(year: int, quarter: int, is_day_off: DayOff) -> date:
    """The same, moved from a day off to the next working day."""
    return next_working_day(report_day(year, quarter), is_day_off)
