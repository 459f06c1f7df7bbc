"""The figures that alerts compare with their thresholds: one variance rule for all (SPEC 10)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from obcms.alerts.rules.choices import AlertKind, AlertLevel
from obcms.alerts.rules.lifecycle import Limits, level_now
from obcms.kernel.rules.percent import round_percent

HUNDRED, NOTHING = Decimal(100), Decimal(0)
LARGEST = Decimal("999999.99")  # a figure that says no more than "far too much"


@dataclass(frozen=True, slots=True)
class Measure:
    """What was measured of a subject: amounts in pesos, `figure` in percent or points.

    `figure` is None where nothing was allocated, of which no percent can be told; `used` is what
    was spent, or distributed. `level` is None where there is nothing to say.
    """

    kind: AlertKind
    allocated: Decimal | None
    used: Decimal
    figure: Decimal | None
    level: AlertLevel | None
    threshold: Decimal


def overspent(
    allocated: Decimal | None, spent: Decimal, level: AlertLevel | None, limits: Limits
) -> Measure:
    """Spent less allocated, in percent of the allocation.

    Any spending against an allocation of zero is critical, and has no percent. Where no
    allocation is set, that of the item above decides, so there is nothing to say here.
    """
    figure = above(allocated, spent)
    if figure is not None:
        now = level_now(level, figure, limits)
    else:
        now = AlertLevel.CRITICAL if allocated is not None and spent > 0 else None
    threshold = limits.of(now or AlertLevel.HIGH)
    return Measure(AlertKind.OVERSPENT, allocated, spent, figure, now, threshold)


def ahead_of_time(
    allocated: Decimal | None,
    spent: Decimal,
    gone: Decimal | None,
    level: AlertLevel | None,
    limits: Limits,
) -> Measure:
    """The share that is spent less the share of time gone, in points; none without dates."""
    figure = now = None
    if allocated and gone is not None:
        figure = min(round_percent(spent * HUNDRED / allocated - gone), LARGEST)
        now = level_now(level, figure, limits)
    return Measure(AlertKind.AHEAD_OF_TIME, allocated, spent, figure, now, limits.high)


def over_distributed(allocated: Decimal | None, distributed: Decimal | None) -> Measure:
    """More given to the items below than there is: alerted until it fits again (SPEC 5)."""
    given = distributed or NOTHING
    over = allocated is not None and given > allocated
    level = AlertLevel.HIGH if over else None
    figure = above(allocated, given)
    return Measure(AlertKind.OVER_DISTRIBUTED, allocated, given, figure, level, NOTHING)


def above(allocated: Decimal | None, used: Decimal) -> Decimal | None:
    """By how many percent of the allocation more is used; None where that is 0 or not set."""
    return (
        min(round_percent((used - allocated) * HUNDRED / allocated), LARGEST) if allocated else None
    )


def time_gone(start: date | None, end: date | None, today: date) -> Decimal | None:
    """Percent of the days from start to end, today included; None without both dates."""
    if start is None or end is None or end < start:
        return None
    days = min(max((today - start).days + 1, 0), (end - start).days + 1)
    return round_percent(HUNDRED * days / ((end - start).days + 1))
