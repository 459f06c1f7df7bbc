"""An alert's level from its figure: it rises at once, and falls a full point later (SPEC 10)."""

from dataclasses import dataclass
from decimal import Decimal

from obcms.alerts.rules.choices import AlertLevel

# By how much a figure must be below its threshold before an alert lets go of it.
FULL_POINT = Decimal(1)


@dataclass(frozen=True, slots=True)
class Limits:
    """A figure above `high` is high, above `critical` critical; None where nothing is."""

    high: Decimal
    critical: Decimal | None

    def of(self, level: AlertLevel) -> Decimal:
        """The threshold of a level."""
        if level is AlertLevel.CRITICAL and self.critical is not None:
            return self.critical
        return self.high


def level_now(level: AlertLevel | None, figure: Decimal, limits: Limits) -> AlertLevel | None:
    """The level of a figure; `level` is that of the open alert, None where there is none.

    So a figure that swings half a point around a threshold raises once and resolves never.
    """
    if limits.critical is not None and _stands(
        figure, limits.critical, level is AlertLevel.CRITICAL
    ):
        return AlertLevel.CRITICAL
    if _stands(figure, limits.high, level is not None):
        return AlertLevel.HIGH
    return None


def _stands(figure: Decimal, limit: Decimal, stood: bool) -> bool:
    return figure > limit or (stood and figure > limit - FULL_POINT)


def rises(before: AlertLevel | None, after: AlertLevel) -> bool:
    """Whether people are to be told: it is new, or it has become critical."""
    return before is None or (before is AlertLevel.HIGH and after is AlertLevel.CRITICAL)
