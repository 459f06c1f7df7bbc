"""Reading the trail back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from obcms.kernel.audit.models import AuditEntry
from obcms.kernel.extensions import db


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One column's change by somebody; `old` and `new` as they stand in the trail."""

    field: str
    old: Any
    new: Any
    actor_name: str
    at: datetime


def changes_since(instance: db.Model, version: int) -> dict[str, FieldChange]:
    """What changed in a versioned row after it had this version: the latest change by column."""
    entries = db.session.scalars(
        select(AuditEntry)
        .where(
            AuditEntry.table_name == instance.__tablename__,
            AuditEntry.row_key == str(instance.id),
        )
        .order_by(AuditEntry.id.desc())
        .limit(max(instance.version - version, 0) + 1)
    )
    changes: dict[str, FieldChange] = {}
    for entry in entries:
        raised = entry.changes.get("version")
        if raised is None or raised[1] <= version:
            continue
        for name, (old, new) in entry.changes.items():
            first = changes.get(name)
            changes[name] = FieldChange(
                name,
                old,
                first.new if first else new,
                first.actor_name if first else entry.actor_name,
                first.at if first else entry.at,
            )
    return changes
