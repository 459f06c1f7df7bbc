"""Choice lists of this slice. Values are stored; labels are shown."""

from obcms.kernel.rules.choice import Choice


class AlertKind(Choice):
    """What an alert is about; one is open at most for each kind and subject."""

    OVERSPENT = "overspent"
    AHEAD_OF_TIME = "ahead_of_time", "Spending ahead of time"
    OVER_DISTRIBUTED = "over_distributed"


class AlertLevel(Choice):
    HIGH = "high"
    CRITICAL = "critical"


class AlertState(Choice):
    """Acknowledged: somebody has seen it, and it is not mended yet."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"
