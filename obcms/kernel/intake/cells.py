"""What one cell says: a text, an amount, a date or a class. Faults are ValueErrors, fit to show."""

import math
import re
import unicodedata
from datetime import date, datetime
from decimal import Context, Decimal
from typing import Any

from obcms.kernel.intake.dates import read_serial, read_written
from obcms.kernel.rules.fields import TURNS
from obcms.kernel.rules.money import AMOUNT_LIMIT

CENTAVO = Decimal("0.01")
EXACT = Context(prec=100)  # the default 28 digits would round a long amount without a word
EARLIEST, LATEST = date(1990, 1, 1), date(2100, 12, 31)
LONGEST_QUOTE = 60
DASHES = ("-", "–", "—", "−")
CURRENCY = re.compile(r"(?:₱|php|p(?=[\s\d.(-]))\.?\s*|\s*(?:₱|php|pesos)$", re.IGNORECASE)
GROUPED = re.compile(r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]*)?|\.[0-9]+")
SPACED = re.compile(r"(?<=[0-9]) (?=[0-9]{3}(?:[^0-9]|$))")
DECIMAL_COMMA = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]+|[0-9]+,[0-9]{1,2}")
# Excel writes a control character inside a text as _x000D_.
ESCAPED = re.compile(r"_x00[01][0-9A-F]_")


class Formula(str):
    """A formula whose result the workbook does not hold. Plain text: nothing evaluates it."""

    __slots__ = ()


def clean_text(value: Any) -> str:
    """The text of any cell on one line: NFC, without control or invisible characters.

    Marks that turn the direction of text stay, so that whoever stores the text refuses them.

    Whole floats lose their ".0", so a code or number stored by Excel reads as it looks.
    """
    if value is None:
        return ""
    if isinstance(value, int) and value.bit_length() > 200:
        return "a very large number"  # Python refuses to print some of these
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    text = ESCAPED.sub(" ", str(value))
    if text.isprintable():
        return " ".join(unicodedata.normalize("NFC", text).split())
    kinds = ((char, unicodedata.category(char)) for char in text)
    visible = (
        " " if kind == "Cc" else char
        for char, kind in kinds
        if kind not in ("Cf", "Cs") or char in TURNS
    )
    return " ".join(unicodedata.normalize("NFC", "".join(visible)).split())


def quote(value: Any) -> str:
    """A cell's text, fit to repeat in a reason: at most 60 characters."""
    text = clean_text(value)
    return text if len(text) <= LONGEST_QUOTE else text[: LONGEST_QUOTE - 1] + "…"


def is_currency_sign(value: Any) -> bool:
    """Whether the cell holds only "₱" or the like, the amount standing in the next one."""
    return clean_text(value).casefold().rstrip(".") in ("₱", "p", "php")


def parse_amount(value: Any) -> Decimal:
    """The amount with two decimals, zero or more (SPEC 1, 13).

    Raises ValueError, with the reason, for anything missing, unreadable, negative, too large or
    finer than a centavo.
    """
    if value is None:
        raise ValueError("The amount is missing.")
    if isinstance(value, bool):
        raise ValueError(_unreadable(value))
    if isinstance(value, int | Decimal):
        amount = Decimal(value)
    else:
        amount = _from_float(value) if isinstance(value, float) else _from_text(value)
    if not amount.is_finite():
        raise ValueError(_unreadable(value))
    if amount < 0:
        raise ValueError(f"The amount {quote(value)} is negative.")
    if amount >= AMOUNT_LIMIT:
        raise ValueError(f"The amount {quote(value)} is too large.")
    return _to_centavos(amount, value)


def _to_centavos(amount: Decimal, value: object) -> Decimal:
    rounded = amount.quantize(CENTAVO, context=EXACT)
    # Excel computes in binary: 12000.5 may come as 12000.500000000001. More than that is meant.
    noise = Decimal(0)
    if isinstance(value, float):
        noise = Decimal(min(max(1e-6, 4 * math.ulp(float(amount))), 1e-3))
    if EXACT.abs(EXACT.subtract(amount, rounded)) > noise:
        raise ValueError(f"The amount {quote(value)} has more than two decimals.")
    return rounded.copy_abs()


def _from_float(value: float) -> Decimal:
    """`repr` is the shortest text that means this float, so what was typed in Excel."""
    return Decimal(repr(value))


def _from_text(value: object) -> Decimal:
    text = clean_text(value)
    if text.startswith("="):
        raise ValueError("The amount cannot be read: it is a formula without a stored result.")
    if len(text) > LONGEST_QUOTE:
        raise ValueError(_unreadable(text))
    bare, negative = _bare_number(text)
    if bare == "":
        raise ValueError("The amount is missing.")
    if DECIMAL_COMMA.fullmatch(bare):
        raise ValueError(
            f"The amount “{quote(text)}” cannot be read: it is not clear whether its comma marks "
            "thousands or centavos. Write it like 1,234.50."
        )
    if not GROUPED.fullmatch(bare):
        raise ValueError(_unreadable(text))
    amount = Decimal(bare.replace(",", ""))
    return -amount if negative else amount


def _bare_number(text: str) -> tuple[str, bool]:
    """The digits without currency, sign and brackets, and whether these said "negative"."""
    bare, negative = text, False
    before = None
    while bare != before:
        before = bare
        match = CURRENCY.match(bare) or CURRENCY.search(bare)
        if match and (match.start() == 0 or match.end() == len(bare)):
            bare = (bare[: match.start()] + bare[match.end() :]).strip()
        if len(bare) > 1 and not negative:
            if bare[0] == "(" and bare[-1] == ")":
                bare, negative = bare[1:-1].strip(), True
            elif bare[0] in DASHES:
                bare, negative = bare[1:].strip(), True
            elif bare[-1] in DASHES:
                bare, negative = bare[:-1].strip(), True
    return ("" if bare in DASHES and not negative else SPACED.sub("", bare)), negative


def _unreadable(value: object) -> str:
    return f"The amount “{quote(value)}” cannot be read."


def parse_date(value: Any, dates_from_1904: bool = False) -> date:
    """A day from 1990 to 2100 (SPEC 13): an Excel date, its serial number, or a written date.

    Raises ValueError for anything that is not clearly one day: "TBD", a month without its day.
    """
    try:
        found = _read_date(value, dates_from_1904)
    except (ValueError, OverflowError):
        found = None
    if found is None or not EARLIEST <= found <= LATEST:
        raise ValueError(f"“{quote(value)}” is not a date.")
    return found


def _read_date(value: object, dates_from_1904: bool) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return read_serial(value, dates_from_1904)
    return read_written(clean_text(value), dates_from_1904)
