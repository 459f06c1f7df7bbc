"""Percents: rounding them, and showing 100 for what is 100 alone (SPEC 4)."""

from decimal import ROUND_HALF_UP, Context, Decimal

HUNDREDTH, ZERO = Decimal("0.01"), Decimal("0.00")
ALMOST = Decimal("99.99")  # the highest percent below the whole
# Wide enough for any ratio of amounts; the default 28 digits would raise instead of rounding.
_WIDE = Context(prec=80, rounding=ROUND_HALF_UP)


def round_percent(percent: Decimal) -> Decimal:
    """Two decimals, half up (SPEC 4): 66.666… becomes 66.67, and -0.001 a plain zero."""
    return percent.quantize(HUNDREDTH, context=_WIDE) or ZERO


def round_progress(percent: Decimal) -> Decimal:
    """As `round_percent`, but 100 only for what is 100: almost done is not done (SPEC 4)."""
    return min(round_percent(percent), ALMOST) if percent < 100 else round_percent(percent)


def short_percent(percent: Decimal, places: int = 0) -> Decimal:
    """A percent as people read it, half up, and 100 only for what is exactly 100 (SPEC 4).

    So 99.5 is 99, and a little more than the whole is 101; with one place 99.9 and 100.1.
    """
    step = Decimal(1).scaleb(-places)
    short = percent.quantize(step, context=_WIDE)
    if short == 100 and percent != 100:
        return short - step if percent < 100 else short + step
    return short
