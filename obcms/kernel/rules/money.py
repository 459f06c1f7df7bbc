"""Peso amounts: read them, and show them (SPEC 1).

Amounts are Decimal pesos with two decimals. Nothing here accepts or returns a float.
"""

import re
from decimal import ROUND_HALF_UP, Context, Decimal

from obcms.kernel.errors import Invalid

CENTAVO, ZERO = Decimal("0.01"), Decimal("0.00")
# Ten times the region's budget; 90,000 such amounts still add up within 64 bits of centavos.
AMOUNT_LIMIT = Decimal(10) ** 12
NEGATIVE = "An amount must be zero or more."
NO_AMOUNT = "The amount is missing."
MINUS = "\N{MINUS SIGN}"

# Wide enough for sums of many amounts; the default 28 digits would raise instead of rounding.
_WIDE = Context(prec=80, rounding=ROUND_HALF_UP)
_LONGEST_ECHO = 40
_WRITTEN = re.compile(
    r"(?P<sign>[-+]?)\s*(?:₱|php)?\s*(?P<inner>-?)"
    r"(?P<whole>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]*)(?P<cents>(?:\.[0-9]+)?)",
    re.IGNORECASE,
)


def parse_money(raw: object, pointer: str = "") -> Decimal:
    """Read an amount that came from a form or from JSON; pesos, two decimals (SPEC 1, 5).

    Takes text ("1,234.50", "₱1,234.50"), int or Decimal. Raises Invalid for anything else:
    floats, missing, unreadable or infinite values, negative amounts, more than two decimals,
    and AMOUNT_LIMIT or more. `pointer` goes into the problem.
    """
    number = _read(raw, pointer)
    if not number.is_finite():
        raise _no_amount(raw, pointer)
    if number < 0:
        raise Invalid(f"“{quote(raw)}” is negative. {NEGATIVE}", pointer)
    # Judged as written: "1.500" may well mean fifteen hundred to whoever typed it.
    if int(number.as_tuple().exponent) < -2:
        raise Invalid(
            f"“{quote(raw)}” has more than two decimals; amounts are exact to the centavo.",
            pointer,
        )
    if number >= AMOUNT_LIMIT:
        limit = format_peso(AMOUNT_LIMIT)
        raise Invalid(f"“{quote(raw)}” is too large; amounts stay below {limit}.", pointer)
    return number.copy_abs().quantize(CENTAVO)


def _read(raw: object, pointer: str) -> Decimal:
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        raise Invalid(NO_AMOUNT, pointer)
    if isinstance(raw, Decimal):
        return raw
    if isinstance(raw, int) and not isinstance(raw, bool):
        return Decimal(raw)
    if isinstance(raw, float):
        raise Invalid(
            f"“{quote(raw)}” came as a floating-point number, which cannot hold centavos exactly; "
            "send the amount as text.",
            pointer,
        )
    if isinstance(raw, str) and len(raw) <= _LONGEST_ECHO:
        match = _WRITTEN.fullmatch(raw.strip().replace(MINUS, "-"))
        if match and (match["whole"] or match["cents"]):
            digits = match["whole"].replace(",", "") + match["cents"]
            negative = match["sign"] == "-" or match["inner"] == "-"
            return Decimal(("-" if negative else "") + digits)
    raise _no_amount(raw, pointer)


def _no_amount(raw: object, pointer: str) -> Invalid:
    return Invalid(f"“{quote(raw)}” is not an amount.", pointer)


def quote(raw: object) -> str:
    """A value from outside, fit to repeat in a message: printable and at most 40 characters."""
    if isinstance(raw, int) and raw.bit_length() > 200:
        return "a very large number"  # Python refuses to print some of these
    if not isinstance(raw, (str, int, float, Decimal)):
        return f"a value of type {type(raw).__name__}"
    text = str(raw)[: _LONGEST_ECHO + 1]
    # Lone surrogates and control characters would break the page that shows the message.
    text = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)
    return text if len(text) <= _LONGEST_ECHO else text[: _LONGEST_ECHO - 1] + "…"


def format_peso(amount: Decimal | None) -> str:
    """Show pesos: "₱1,234.50", a minus sign before the peso sign, a dash for "not set"."""
    if amount is None:
        return "—"
    rounded = amount.quantize(CENTAVO, context=_WIDE)
    return f"{MINUS if rounded < 0 else ''}₱{rounded.copy_abs():,.2f}"


def format_number(number: Decimal) -> str:
    """A plain number for messages, without trailing zeros or exponent: "0.9", "100"."""
    return format(number.normalize(_WIDE), "f")
