"""What one cell says: an amount, a date, a class or a text. Problems are ValueErrors to show."""

import math
import re
import unicodedata
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from dateutil import parser as dateutil_parser

from obcms.rules.choices import AppropriationClass

CURRENCY = re.compile(r"^(?:₱|php|p(?=[\s\d.]))\.?\s*|\s*(?:₱|php)$", re.IGNORECASE)
GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+")
SPACED = re.compile(r"(?<=\d) (?=\d{3}(?:\D|$))")
NUMERIC_DATE = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})")
ISO_DATE = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]\d{2}:\d{2}.*)?")
NAMED_DAY = re.compile(r"\b\d{1,2}(?:st|nd|rd|th)?\b")
CENTAVO = Decimal("0.01")
LIMIT = Decimal(10) ** 16
EARLIEST, LATEST = date(1990, 1, 1), date(2100, 12, 31)
CLASSES = {
    "ps": AppropriationClass.PS,
    "personnelservices": AppropriationClass.PS,
    "personalservices": AppropriationClass.PS,
    "mooe": AppropriationClass.MOOE,
    "maintenanceandotheroperatingexpenses": AppropriationClass.MOOE,
    "maintenanceotheroperatingexpenses": AppropriationClass.MOOE,
    "co": AppropriationClass.CO,
    "capitaloutlay": AppropriationClass.CO,
    "capitaloutlays": AppropriationClass.CO,
    "finex": AppropriationClass.FINEX,
    "fe": AppropriationClass.FINEX,
    "financialexpense": AppropriationClass.FINEX,
    "financialexpenses": AppropriationClass.FINEX,
}


def clean_text(value: Any) -> str:
    """The text on one line, without control characters or stray spaces."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = unicodedata.normalize("NFC", str(value))
    text = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in text)
    return " ".join(text.split())


def parse_amount(value: Any) -> Decimal:
    """Pesos with two decimals, not negative. Raises ValueError with the reason."""
    if isinstance(value, bool) or value is None:
        raise ValueError("The amount is missing." if value is None else _unreadable(value))
    if isinstance(value, int):
        amount = Decimal(value)
    elif isinstance(value, float):
        amount = _from_float(value)
    else:
        amount = _from_text(clean_text(value))
    if amount < 0:
        raise ValueError(f"The amount {clean_text(value)} is negative.")
    if amount >= LIMIT:
        raise ValueError(f"The amount {clean_text(value)} is too large.")
    if amount != amount.quantize(CENTAVO):
        raise ValueError(f"The amount {clean_text(value)} has more than two decimals.")
    return amount.quantize(CENTAVO)


def _from_float(value: float) -> Decimal:
    """Excel stores every number as a float: 12000.5 may come as 12000.500000000001."""
    if not math.isfinite(value):
        raise ValueError(_unreadable(value))
    exact = Decimal(repr(value))
    rounded = exact.quantize(CENTAVO) if abs(exact) < LIMIT else exact
    return rounded if math.isclose(value, float(rounded), rel_tol=1e-14, abs_tol=1e-9) else exact


def _from_text(text: str) -> Decimal:
    if text in ("", "-", "–", "—"):
        raise ValueError("The amount is missing.")
    if text.startswith("="):
        raise ValueError("The amount is a formula without a stored result.")
    bare, negative = text, False
    if bare.startswith("(") and bare.endswith(")"):
        bare, negative = bare[1:-1].strip(), True
    bare = CURRENCY.sub("", CURRENCY.sub("", bare)).strip()
    if bare.startswith(("-", "−")) or bare.endswith("-"):
        bare, negative = bare.strip("-− "), True
        bare = CURRENCY.sub("", bare).strip()
    bare = SPACED.sub("", bare)
    if not GROUPED.fullmatch(bare):
        raise ValueError(_unreadable(text))
    try:
        amount = Decimal(bare.replace(",", ""))
    except InvalidOperation as error:
        raise ValueError(_unreadable(text)) from error
    return -amount if negative else amount


def _unreadable(value: object) -> str:
    return f"The amount “{clean_text(value)[:60]}” cannot be read."


def parse_date(value: Any, dates_from_1904: bool = False) -> date:
    """A day between 1990 and 2100. Raises ValueError for anything that is not clearly one.

    Between slashes the month comes first, as Philippine offices write it, unless it cannot be one.
    """
    if isinstance(value, datetime):
        found = value.date()
    elif isinstance(value, date):
        found = value
    elif isinstance(value, int | float) and not isinstance(value, bool):
        found = _from_serial(value, dates_from_1904)
    else:
        found = _from_date_text(clean_text(value), dates_from_1904)
    if not EARLIEST <= found <= LATEST:
        raise ValueError("not a date of this time")
    return found


def _from_serial(serial: float, dates_from_1904: bool) -> date:
    origin = date(1904, 1, 1) if dates_from_1904 else date(1899, 12, 30)
    if not math.isfinite(serial) or not 30_000 <= serial <= 75_000:
        raise ValueError("not an Excel date")
    return origin + timedelta(int(serial))


def _from_date_text(text: str, dates_from_1904: bool) -> date:
    if re.fullmatch(r"\d{5}(?:\.\d+)?", text):
        return _from_serial(float(text), dates_from_1904)
    if iso := ISO_DATE.fullmatch(text):
        return date(*map(int, iso.groups()))
    if numeric := NUMERIC_DATE.fullmatch(text):
        first, second, year = map(int, numeric.groups())
        year += 2000 if year < 100 else 0
        month, day = (second, first) if first > 12 else (first, second)
        return date(year, month, day)
    return _from_named_month(text)


def _from_named_month(text: str) -> date:
    if not (re.search(r"[A-Za-z]{3}", text) and re.search(r"\d{4}", text)):
        raise ValueError("not a date")
    if not NAMED_DAY.search(re.sub(r"\d{4}", "", text)):
        raise ValueError("the day is missing")
    try:
        return dateutil_parser.parse(text, default=datetime(2000, 1, 1)).date()
    except (ValueError, OverflowError) as error:
        raise ValueError("not a date") from error


def parse_class(value: Any) -> AppropriationClass:
    """One appropriation class, by its short or long name. Raises ValueError."""
    key = re.sub(r"[^a-z/+,]", "", clean_text(value).casefold().replace("&", "and"))
    if key not in CLASSES:
        raise ValueError("not one appropriation class")
    return CLASSES[key]
