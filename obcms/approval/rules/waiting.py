"""When an approval has waited too long in its stage, counted in working days (SPEC 10)."""

from collections.abc import Iterator
from decimal import Decimal

from obcms.kernel.errors import Problem
from obcms.kernel.rules.choice import Choice
from obcms.thresholds.rules.declared import (
    Threshold,
    Unit,
    Values,
    declare,
    declare_check,
)

HIGH_AFTER, CRITICAL_AFTER = "approval_waits_high", "approval_waits_critical"
LIMITS = {"lowest": Decimal(1), "highest": Decimal(250)}


class Urgency(Choice):
    HIGH = "high"
    CRITICAL = "critical"


declare(
    Threshold(
        key=HIGH_AFTER,
        title="A review has waited long",
        unit=Unit.WORKING_DAYS,
        default=Decimal(7),
        help="After more working days than this in one stage its office is reminded.",
        **LIMITS,
    ),
    Threshold(
        key=CRITICAL_AFTER,
        title="A review has waited far too long",
        unit=Unit.WORKING_DAYS,
        default=Decimal(14),
        help="After more working days than this it is reminded once more.",
        **LIMITS,
    ),
)


def _in_order(values: Values) -> Iterator[Problem]:
    if values[HIGH_AFTER] >= values[CRITICAL_AFTER]:
        yield Problem("A review waits long before it waits far too long.", CRITICAL_AFTER)


declare_check(_in_order)


def urgency_of(waited: int, high_after: Decimal, critical_after: Decimal) -> Urgency | None:
    """How urgent an approval is that has waited so many working days; the higher one alone."""
    if waited > critical_after:
        return Urgency.CRITICAL
    return Urgency.HIGH if waited > high_after else None
