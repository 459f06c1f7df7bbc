"""What was done to a record, as its page tells it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from obcms.kernel.audit.fingerprints import is_fingerprint
from obcms.kernel.audit.models import AuditAction, AuditEntry
from obcms.kernel.audit.wording import SILENT, label_of, shown
from obcms.kernel.extensions import db

SHOWN = 50


@dataclass(frozen=True, slots=True)
class ColumnChange:
    """One column: what it was and became, in words."""

    label: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Revision:
    """What somebody did to the record at a moment."""

    at: datetime
    actor: str
    action: AuditAction
    changes: Sequence[ColumnChange]


def record_history(record: db.Model) -> list[Revision]:
    """The last revisions of the record, newest first."""
    table = record.__tablename__
    query = (
        select(AuditEntry)
        .where(AuditEntry.table_name == table, AuditEntry.row_key == str(record.id))
        .order_by(AuditEntry.id.desc())
        .limit(SHOWN)
    )
    return [
        Revision(
            entry.at,
            entry.actor_name,
            entry.action,
            [
                ColumnChange(label_of(name), shown(table, name, old), shown(table, name, new))
                for name, (old, new) in entry.changes.items()
                if name not in SILENT and name != "id" and not is_fingerprint(name)
            ],
        )
        for entry in db.session.scalars(query)
    ]
