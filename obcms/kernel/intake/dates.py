"""Days as offices write them, and as Excel counts them."""

import math
import re
from calendar import monthrange
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from obcms.kernel.rules.zone import MANILA

EPOCH_1900, EPOCH_1904 = date(1899, 12, 30), date(1904, 1, 1)
HIGHEST_SERIAL = 100_000
MOST_MONTHS, MOST_DAYS = 12, 31
# Some writers store a day's end a second short of the next day's midnight.
ALMOST_MIDNIGHT = time(23, 59)
MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)
BUWAN = (
    *("enero", "pebrero", "marso", "abril", "mayo", "hunyo", "hulyo"),
    *("agosto", "setyembre", "oktubre", "nobyembre", "disyembre"),
)

_TIME = r"(?:,?[T ]+[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?: ?[ap]\.?m\.?)?Z?)?"
_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,? )?"
_DAY = r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?"
_MONTH = r"(?P<month>[a-z]{3,9})"
_YEAR = r"(?P<year>[0-9]{4})"
_GAP = r"[ .,/-]+"


NEAR_YEARS = range(15, 45)  # of 2000; what a year of two digits in a list of today may be


class DateOrder(StrEnum):
    """Whether the day or the month comes first in 2/3/2026, or the year in 26-3-2."""

    DAY_FIRST = "day-first"
    MONTH_FIRST = "month-first"
    YEAR_FIRST = "year-first"


def _pattern(body: str) -> re.Pattern[str]:
    return re.compile(body + _TIME, re.IGNORECASE)


SERIAL = re.compile(r"[0-9]{5}(?:\.[0-9]+)?")
COMPACT = re.compile(r"((?:19|20)[0-9]{2})([01][0-9])([0-3][0-9])")  # 20260115
STAMP = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}.*")
YEAR_FIRST = _pattern(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})")
DOTTED = _pattern(r"([0-9]{1,2})\. ?([0-9]{1,2})\. ?([0-9]{4}|[0-9]{2})")
NUMERIC = _pattern(r"([0-9]{1,2}) ?[-/] ?([0-9]{1,2}) ?[-/] ?([0-9]{4}|[0-9]{2})")
NAMED = (
    _pattern(_WEEKDAY + _MONTH + _GAP + _DAY + _GAP + _YEAR),
    _pattern(_WEEKDAY + _DAY + "(?: of)?" + _GAP + _MONTH + _GAP + _YEAR),
    # Excel's own short form, 19-Dec-25. The other way round it would be a range, Dec 19-25.
    _pattern(_DAY + "-" + _MONTH + "-(?P<year>[0-9]{2})"),
)
WHOLE_MONTH = re.compile(_MONTH + _GAP + r"(?P<year>(?:20)?[0-9]{2})", re.IGNORECASE)


def read_serial(serial: float, dates_from_1904: bool = False) -> date | None:
    """The day of an Excel serial number; workbooks made on a Mac may count from 1904."""
    if not math.isfinite(serial) or not 0 < serial < HIGHEST_SERIAL:
        return None
    return (EPOCH_1904 if dates_from_1904 else EPOCH_1900) + timedelta(int(serial))


def read_moment(moment: datetime) -> date:
    """The day of a moment in Manila; a minute before midnight counts as the next day."""
    if moment.tzinfo is not None:
        moment = moment.astimezone(MANILA)
    return moment.date() + timedelta(moment.time() >= ALMOST_MIDNIGHT)


def read_written(
    text: str, dates_from_1904: bool = False, order: DateOrder | None = None
) -> date | None:
    """The day that a text on one line names, or None. Raises ValueError for a 31st of June.

    `order` is that of the whole column. Without one the month comes first in 12/1/2025, as
    Philippine offices write it, unless it cannot be one.
    """
    if found := COMPACT.fullmatch(text):
        return date(*map(int, found.groups()))
    if SERIAL.fullmatch(text):
        return read_serial(float(text), dates_from_1904)
    if STAMP.fullmatch(text):
        return read_moment(datetime.fromisoformat(text))
    return _from_numbers(text, order) or _from_named_month(text)


def order_of(text: str) -> DateOrder | None:
    """What a date in numbers says by itself: 15/1/2026 has its day first; None for 2/3/2026."""
    found = NUMERIC.fullmatch(text)
    if not found or (int(found[1]) > 12) == (int(found[2]) > 12):
        return None
    if fits_year_first(text) and int(found[3]) not in NEAR_YEARS:
        return DateOrder.YEAR_FIRST
    return DateOrder.DAY_FIRST if int(found[1]) > 12 else DateOrder.MONTH_FIRST


def fits_year_first(text: str) -> bool:
    """Whether it may be a date such as 26-1-15."""
    found = NUMERIC.fullmatch(text)
    if not found or len(found[3]) != 2:
        return False
    year, month, day = map(int, found.groups())
    return year in NEAR_YEARS and 1 <= month <= MOST_MONTHS and 1 <= day <= MOST_DAYS


def turned(moment: datetime) -> date:
    """The day that was typed with its day first where Excel took the month first, or as it is."""
    day = read_moment(moment)
    return day.replace(month=day.day, day=day.month) if day.day <= MOST_MONTHS else day


def is_either_way(text: str) -> bool:
    """Whether another order would make it another day, as of 2/3/2026."""
    found = NUMERIC.fullmatch(text)
    return bool(found) and found[1] != found[2] and max(int(found[1]), int(found[2])) <= 12


def orders_in(texts: Iterable[str]) -> set[DateOrder]:
    """The orders that the dates of a column say by themselves."""
    return {order for text in texts if (order := order_of(text))}


def read_month(text: str) -> tuple[date, date] | None:
    """The first and last day of "Dec 2026" or "Dec-26"; None for what names no whole month."""
    found = WHOLE_MONTH.fullmatch(text)
    month = found and _month(found["month"].casefold())
    if not found or not month:
        return None
    year = _full_year(int(found["year"]))
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])


def _from_numbers(text: str, order: DateOrder | None) -> date | None:
    if found := YEAR_FIRST.fullmatch(text):
        return date(*map(int, found.groups()))
    if found := DOTTED.fullmatch(text):  # whoever writes dots has the day first
        day, month, year = map(int, found.groups())
        return date(_full_year(year), month, day)
    if found := NUMERIC.fullmatch(text):
        first, second, year = map(int, found.groups())
        if order is DateOrder.YEAR_FIRST and fits_year_first(text):
            return date(_full_year(first), second, year)
        if order is None:
            order = DateOrder.DAY_FIRST if first > 12 else DateOrder.MONTH_FIRST
        month, day = (second, first) if order is DateOrder.DAY_FIRST else (first, second)
        return date(_full_year(year), month, day)
    return None


def _from_named_month(text: str) -> date | None:
    for pattern in NAMED:
        if found := pattern.fullmatch(text):
            month = _month(found["month"].casefold())
            year = _full_year(int(found["year"]))
            return date(year, month, int(found["day"])) if month else None
    return None


def _month(name: str) -> int | None:
    """1 to 12 for "january", "jan", "sept", and for Filipino "enero", "dis"."""
    every = (*enumerate(MONTHS, 1), *enumerate(BUWAN, 1))
    return next((number for number, full in every if full.startswith(name)), None)


def _full_year(year: int) -> int:
    return year + 2000 if year < 100 else year
