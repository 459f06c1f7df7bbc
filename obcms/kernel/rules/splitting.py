"""Divide pesos into parts that sum to the whole to the centavo (SPEC 5, "Exact")."""

import math
from collections.abc import Sequence
from decimal import Decimal

from obcms.kernel.errors import Invalid
from obcms.kernel.rules.money import AMOUNT_LIMIT, format_peso, quote

# Beyond this a number is a slip or an attack, and exact arithmetic on it would take forever.
MOST_DIGITS = 40  # before the decimal point, and again after it


def split(total: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """Divide pesos in proportion to weights by the largest-remainder rule (SPEC 5, "Exact").

    Each part is first cut down to whole centavos; the centavos left over go one each to the
    largest remainders, ties to the earlier position. A weight of zero receives nothing.
    Raises Invalid unless total is whole centavos >= 0 and the weights are finite, >= 0 and
    not all zero.
    """
    centavos = _whole_centavos(total)
    for weight in weights:
        check_weight(weight)
    # The same proportions as whole numbers, so that the division is exact.
    ratios = [weight.as_integer_ratio() for weight in weights]
    common = math.lcm(*(denominator for _, denominator in ratios))
    shares = [numerator * (common // denominator) for numerator, denominator in ratios]
    whole = sum(shares)
    if whole == 0:
        raise Invalid("There is nothing to divide the amount by: no item has a weight above zero.")
    parts, remainders = [], []
    for share in shares:
        part, remainder = divmod(centavos * share, whole)
        parts.append(part)
        remainders.append(remainder)
    # sorted() is stable, which is the tie rule.
    by_remainder = sorted(range(len(parts)), key=lambda position: -remainders[position])
    for position in by_remainder[: centavos - sum(parts)]:
        parts[position] += 1
    return [Decimal(part).scaleb(-2) for part in parts]


def _whole_centavos(total: Decimal) -> int:
    if not total.is_finite() or not 0 <= total < AMOUNT_LIMIT:
        limit = format_peso(AMOUNT_LIMIT)
        raise Invalid(f"“{quote(total)}” cannot be divided; amounts go from zero to {limit}.")
    numerator, denominator = total.as_integer_ratio()
    centavos, rest = divmod(numerator * 100, denominator)
    if rest:
        raise Invalid(f"“{quote(total)}” cannot be divided: it is not a whole number of centavos.")
    return centavos


def split_equally(total: Decimal, count: int) -> list[Decimal]:
    """Divide pesos into `count` parts, at least one: 100.00 by 3 gives 33.34, 33.33, 33.33."""
    part, stray = divmod(_whole_centavos(total), count)
    more, less = Decimal(part + 1).scaleb(-2), Decimal(part).scaleb(-2)
    return [more] * stray + [less] * (count - stray)


def not_a_number(raw: object) -> Invalid:
    """For a weight that cannot be read."""
    return Invalid(f"“{quote(raw)}” is not a number.")


def check_weight(weight: Decimal) -> None:
    """Raises Invalid unless the weight is a number of zero or more, within reason."""
    if weight.is_nan():
        raise not_a_number(weight)
    if weight.is_infinite():
        raise Invalid("a weight cannot be infinite.")
    if weight < 0:
        raise Invalid(f"a weight of {quote(weight)} is negative; it must be zero or more.")
    if int(weight.as_tuple().exponent) < -MOST_DIGITS or weight.adjusted() > MOST_DIGITS:
        raise Invalid(f"a weight of {quote(weight)} is out of range.")
