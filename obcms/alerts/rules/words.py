"""Why an alert closed, and what it says, in words."""

from decimal import Decimal

from obcms.alerts.rules.choices import AlertKind
from obcms.alerts.rules.measures import Measure

PPA_DELETED = "The PPA was deleted."
PPA_CANCELLED = "The PPA was cancelled."
UNTRACKED = "Tracking of the PPA was disabled."
ITEM_DELETED = "The work item was deleted."
ITEM_CANCELLED = "The work item was cancelled."


def why_resolved(measure: Measure) -> str:
    """What made the figure good again."""
    if measure.kind is AlertKind.OVER_DISTRIBUTED:
        return "What is distributed is within the allocation again."
    if measure.kind is AlertKind.AHEAD_OF_TIME:
        if measure.figure is None:
            return "There are no dates or no allocation to compare with any more, or it is done."
        return f"Spending is no more than {_number(measure.threshold - 1)} points ahead of time."
    if measure.allocated is None:
        return "No allocation of its own is set any more."
    if measure.used <= measure.allocated:
        return "Spending is back within the allocation."
    return f"Spending is a full point below the threshold of {_number(measure.threshold)} %."


def in_words(kind: AlertKind, figure: Decimal | None) -> str:
    """The figure as people say it."""
    if figure is None:
        return "Money against no allocation"
    if kind is AlertKind.AHEAD_OF_TIME:
        return f"Spending is {_number(figure)} points ahead of time"
    return f"{_number(figure)} % above the allocation"


def _number(value: Decimal) -> str:
    return f"{value.normalize():f}"
