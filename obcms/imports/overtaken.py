"""What others changed among the PPAs of a list since its preview."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from obcms.kernel.audit.changes import FieldChange
from obcms.kernel.audit.conflicts import TOLD, tell
from obcms.kernel.audit.models import AuditAction, AuditEntry
from obcms.kernel.extensions import db
from obcms.kernel.formats import moment
from obcms.ppas.models import PPA


def changed_ppas(codes: Iterable[str], since: datetime) -> list[str]:
    """What was changed or added after a moment among the PPAs with these codes, in sentences."""
    query = (
        select(PPA.code, AuditEntry)
        .join(AuditEntry, AuditEntry.ppa_id == PPA.id)
        .where(PPA.code.in_(codes), AuditEntry.table_name == "ppa", AuditEntry.at > since)
        .order_by(AuditEntry.id.desc())
        .limit(TOLD)
    )
    told = []
    for code, entry in db.session.execute(query):
        if entry.action is AuditAction.INSERT:
            told.append(f"{code}: {entry.actor_name} added it on {moment(entry.at)}")
            continue
        for name, (old, new) in entry.changes.items():
            if name not in {"version", "updated_at", "updated_by_id"}:
                change = FieldChange(name, old, new, entry.actor_name, entry.at)
                told.append(f"{code}: {tell('ppa', change)}")
    return told[:TOLD]
