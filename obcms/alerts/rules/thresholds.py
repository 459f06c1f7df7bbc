"""The numbers at which alerts are raised (SPEC 10)."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from obcms.alerts.rules.lifecycle import Limits
from obcms.kernel.errors import Problem
from obcms.thresholds.rules.declared import Threshold, Unit, declare, declare_check

HIGH = Threshold(
    "overspent_high",
    "Overspent, high",
    Unit.PERCENT,
    Decimal(10),
    lowest=Decimal(1),
    highest=Decimal(500),
    help="Spending that is more than this above its allocation raises an alert.",
)
CRITICAL = Threshold(
    "overspent_critical",
    "Overspent, critical",
    Unit.PERCENT,
    Decimal(20),
    lowest=Decimal(1),
    highest=Decimal(1000),
    help="Spending that is more than this above its allocation is critical; MFBM is told too.",
)
AHEAD = Threshold(
    "ahead_of_time",
    "Spending ahead of time",
    Unit.POINTS,
    Decimal(25),
    lowest=Decimal(5),
    highest=Decimal(100),
    help="An alert is raised where the share that is spent is more than this above the share of "
    "time that is gone.",
)


def _high_below_critical(values: Mapping[str, Decimal]) -> Iterator[Problem]:
    if values[HIGH.key] >= values[CRITICAL.key]:
        yield Problem(f"“{HIGH.title}” must be below “{CRITICAL.title}”.", HIGH.key)


def overspent_limits(values: Mapping[str, Decimal]) -> Limits:
    """Where spending above its allocation is high and critical, in percent."""
    return Limits(values[HIGH.key], values[CRITICAL.key])


def ahead_limits(values: Mapping[str, Decimal]) -> Limits:
    """Where spending is ahead of time, in points; nothing of it is critical."""
    return Limits(values[AHEAD.key], None)


declare(HIGH, CRITICAL, AHEAD)
declare_check(_high_below_critical)
