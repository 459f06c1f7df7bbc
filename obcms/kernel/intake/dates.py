"""Days as offices write them, and as Excel counts them."""

import math
import re
from datetime import date, timedelta

EPOCH_1900, EPOCH_1904 = date(1899, 12, 30), date(1904, 1, 1)
HIGHEST_SERIAL = 100_000
MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)

_TIME = r"(?:,?[T ]+[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?: ?[ap]\.?m\.?)?Z?)?"
_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,? )?"
_DAY = r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?"
_MONTH = r"(?P<month>[a-z]{3,9})"
_YEAR = r"(?P<year>[0-9]{4})"
_GAP = r"[ .,/-]+"


def _pattern(body: str) -> re.Pattern[str]:
    return re.compile(body + _TIME, re.IGNORECASE)


SERIAL = re.compile(r"[0-9]{5}(?:\.[0-9]+)?")
YEAR_FIRST = _pattern(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})")
NUMERIC = _pattern(r"([0-9]{1,2}) ?[-/.] ?([0-9]{1,2}) ?[-/.] ?([0-9]{4}|[0-9]{2})")
NAMED = (
    _pattern(_WEEKDAY + _MONTH + _GAP + _DAY + _GAP + _YEAR),
    _pattern(_WEEKDAY + _DAY + "(?: of)?" + _GAP + _MONTH + _GAP + _YEAR),
    # Excel's own short form, 19-Dec-25. The other way round it would be a range, Dec 19-25.
    _pattern(_DAY + "-" + _MONTH + "-(?P<year>[0-9]{2})"),
)


def read_serial(serial: float, dates_from_1904: bool = False) -> date | None:
    """The day of an Excel serial number; workbooks made on a Mac may count from 1904."""
    if not math.isfinite(serial) or not 0 < serial < HIGHEST_SERIAL:
        return None
    return (EPOCH_1904 if dates_from_1904 else EPOCH_1900) + timedelta(int(serial))


def read_written(text: str, dates_from_1904: bool = False) -> date | None:
    """The day that a text on one line names, or None. Raises ValueError for a 31st of June.

    In 12/1/2025 the month comes first, as Philippine offices write it, unless it cannot be one.
    """
    if SERIAL.fullmatch(text):
        return read_serial(float(text), dates_from_1904)
    return _from_numbers(text) or _from_named_month(text)


def _from_numbers(text: str) -> date | None:
    if found := YEAR_FIRST.fullmatch(text):
        return date(*map(int, found.groups()))
    if found := NUMERIC.fullmatch(text):
        first, second, year = map(int, found.groups())
        month, day = (second, first) if first > 12 else (first, second)
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
    """1 to 12 for "january", "jan", "sept"."""
    return next((number for number, full in enumerate(MONTHS, 1) if full.startswith(name)), None)


def _full_year(year: int) -> int:
    return year + 2000 if year < 100 else year
