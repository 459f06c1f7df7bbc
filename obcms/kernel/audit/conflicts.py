"""Telling a person what somebody else changed meanwhile, so that nothing is overwritten unseen."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from obcms.kernel.audit.wording import label_of, shown
from obcms.kernel.formats import moment

TOLD = 5  # changes at most, in one message


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One column's change by somebody; `old` and `new` as they stand in the trail."""

    field: str
    old: Any
    new: Any
    actor_name: str
    at: datetime


def tell(table: str, change: FieldChange) -> str:
    """Who changed which field, from what to what, and when."""
    old, new = (shown(table, change.field, value) for value in (change.old, change.new))
    return (
        f"{change.actor_name} changed {label_of(change.field)} from “{old}” to “{new}” "
        f"on {moment(change.at)}"
    )
