"""What one cell says as an amount of money. Faults are ValueErrors, fit to show."""

import math
import re
from datetime import date, datetime
from decimal import Context, Decimal
from enum import StrEnum
from typing import Any

from obcms.kernel.intake.cells import DASHES, LONGEST_QUOTE, clean_text, is_error, quote
from obcms.kernel.rules.money import AMOUNT_LIMIT, NO_AMOUNT

CENTAVO = Decimal("0.01")
EXACT = Context(prec=100)  # the default 28 digits would round a long amount without a word
CURRENCY = re.compile(r"(?:₱|php|p(?=[\s\d.(-]))\.?\s*|\s*(?:₱|php|pesos)$", re.IGNORECASE)
GROUPED = re.compile(r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]*)?|\.[0-9]+")
# Blanks that nothing breaks at mark thousands; between other blanks there may be two numbers.
SPACED = re.compile(r"(?<=[0-9])[\u00a0\u2009\u202f'’](?=[0-9]{3}(?:[^0-9]|$))")
TWO_NUMBERS = re.compile(r"[0-9]\s+[0-9]")
BLANKS_AND_CENTAVOS = re.compile(r"(?<![0-9])[0-9]{1,3}(?: [0-9]{3})+\.[0-9]{1,2}(?![0-9])")
DECIMAL_COMMA = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]+|[0-9]+,[0-9]{1,2}")
# By the point before centavos; the other way round with the marks swapped.
CERTAIN = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+\.[0-9]+|[0-9]{1,3}(?:,[0-9]{3}){2,}")
LIKELY = re.compile(r"[0-9]+\.(?:[0-9]{1,2}|[0-9]{4,})")
EITHER = re.compile(r"[0-9]{1,3}\.[0-9]{3}")
FOREIGN = re.compile(
    r"\b(?:usd|eur|euros?|gbp|jpy|yen|cny|rmb|sar|aed|myr|idr|sgd|aud|cad|krw|dollars?)\b"
    r"|us\$|[$€£¥₩]",
    re.IGNORECASE,
)
WORDED = re.compile(r"(?P<number>.*[0-9)])\s*(?P<unit>thousand|million|billion)s?", re.IGNORECASE)
UNITS = {"thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
NO_CENTAVOS = re.compile(r"(?<=[0-9])[.,][-–—]+$")  # 1,000.- has none
SWAPPED = str.maketrans(",.", ".,")


class Marks(StrEnum):
    """Which sign stands before the centavos: the point of 1,234.50 or the comma of 1.234,50."""

    POINT = "point"
    COMMA = "comma"


def is_currency_sign(value: Any) -> bool:
    """Whether the cell holds only "₱" or the like, the amount standing in the next one."""
    return clean_text(value).casefold().rstrip(".") in ("₱", "p", "php")


def foreign_currency(text: str) -> str | None:
    """The sign or name of another currency than the peso in a text; None where there is none."""
    found = FOREIGN.search(text)
    return found[0] if found else None


def parse_amount(value: Any, unit: int = 1, marks: Marks = Marks.POINT) -> Decimal:
    """The amount in pesos with two decimals, zero or more (SPEC 1, 13).

    `unit` is the pesos that one means, `marks` the column's. Raises ValueError, with the reason,
    for anything missing, unreadable, negative, too large or finer than a centavo.
    """
    amount = _number(value, unit, marks)
    if amount < 0:
        raise ValueError(f"The amount {quote(value)} is negative.")
    return _checked(amount, value, unit)


def parse_signed(value: Any, unit: int = 1, marks: Marks = Marks.POINT) -> Decimal:
    """The same, also below zero: -1,234.50 or (1,234.50)."""
    amount = _number(value, unit, marks)
    checked = _checked(abs(amount), value, unit)
    return -checked if amount < 0 else checked


def marks_of(value: Any) -> tuple[Marks, bool] | None:
    """The marks that a written amount shows, and whether beyond doubt; None where it shows none.

    1,234.50 and 1,234,567 are beyond doubt; 0,03 is not, since it may be a slip.
    """
    if not isinstance(value, str):
        return None
    bare, _ = _bare_number(_joined(value))
    for marks, text in ((Marks.POINT, bare), (Marks.COMMA, bare.translate(SWAPPED))):
        if CERTAIN.fullmatch(text):
            return marks, True
        if LIKELY.fullmatch(text):
            return marks, False
    return None


def is_either(value: Any) -> bool:
    """Whether a written amount may be thousands or have centavos of three digits: 1.500."""
    return isinstance(value, str) and bool(EITHER.fullmatch(_bare_number(_joined(value))[0]))


def _number(value: Any, unit: int, marks: Marks) -> Decimal:
    if value is None:
        raise ValueError(NO_AMOUNT)
    if isinstance(value, bool | datetime | date):
        raise ValueError(_unreadable(value))
    if isinstance(value, int | Decimal):
        amount = Decimal(value)
    else:
        amount = _from_float(value) if isinstance(value, float) else _from_text(value, unit, marks)
    if not amount.is_finite():
        raise ValueError(_unreadable(value))
    return amount


def _checked(amount: Decimal, value: Any, unit: int) -> Decimal:
    if amount >= AMOUNT_LIMIT or amount * unit >= AMOUNT_LIMIT:
        raise ValueError(f"The amount {quote(value)} is too large.")
    return _to_centavos(amount, value, unit)


def _to_centavos(amount: Decimal, value: object, unit: int) -> Decimal:
    pesos = EXACT.multiply(amount, Decimal(unit))
    rounded = pesos.quantize(CENTAVO, context=EXACT)
    # Excel computes in binary: 12000.5 may come as 12000.500000000001. More than that is meant.
    noise = Decimal(0)
    if isinstance(value, float):
        noise = Decimal(min(max(1e-6, 4 * math.ulp(float(pesos))), 1e-3))
    if EXACT.abs(EXACT.subtract(pesos, rounded)) > noise:
        raise ValueError(f"The amount {quote(value)} has more than two decimals.")
    return rounded.copy_abs()


def _from_float(value: float) -> Decimal:
    """`repr` is the shortest text that means this float, so what was typed in Excel."""
    return Decimal(repr(value))


def _joined(value: object) -> str:
    """The text on one line, without the blanks and apostrophes that mark thousands."""
    text = SPACED.sub("", str(value).strip().lstrip("'’"))
    return clean_text(BLANKS_AND_CENTAVOS.sub(lambda found: found[0].replace(" ", ""), text))


def _from_text(value: object, unit: int, marks: Marks) -> Decimal:
    text = _joined(value)
    if text.startswith("="):
        raise ValueError("The amount cannot be read: it is a formula without a stored result.")
    if is_error(text):
        raise ValueError(f"The amount cannot be read: it is the error {text}.")
    if len(text) > LONGEST_QUOTE:
        raise ValueError(_unreadable(text))
    if foreign := foreign_currency(text):
        raise ValueError(
            f"The amount “{quote(text)}” cannot be read: it is in another currency ({foreign})."
        )
    worded = WORDED.fullmatch(text)
    if worded and unit != 1:
        raise ValueError(f"The amount “{quote(text)}” names a unit beside that of its column.")
    bare, negative = _bare_number(worded["number"] if worded else text)
    if bare == "":
        raise ValueError(NO_AMOUNT)
    if TWO_NUMBERS.search(bare):
        raise ValueError(f"The amount “{quote(text)}” may be two numbers.")
    if marks is Marks.COMMA:
        bare = bare.translate(SWAPPED)
    elif DECIMAL_COMMA.fullmatch(bare):
        raise ValueError(
            f"The amount “{quote(text)}” cannot be read: it is not clear whether its comma marks "
            "thousands or centavos. Write it like 1,234.50."
        )
    if not GROUPED.fullmatch(bare):
        raise ValueError(_unreadable(text))
    own_unit = UNITS[worded["unit"].casefold()] if worded else 1
    amount = EXACT.multiply(Decimal(bare.replace(",", "")), Decimal(own_unit))
    return -amount if negative else amount


def _bare_number(text: str) -> tuple[str, bool]:
    """The digits without currency, sign and brackets, and whether these said "negative"."""
    bare, negative = NO_CENTAVOS.sub("", text), False
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
    return ("" if bare in DASHES and not negative else bare), negative


def _unreadable(value: object) -> str:
    return f"The amount “{quote(value)}” cannot be read."
