"""What changed among the PPAs of a list since its preview, or since it was imported."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from sqlalchemy import Select, select

from obcms.kernel.audit.conflicts import TOLD, FieldChange, tell
from obcms.kernel.audit.models import AuditAction, AuditEntry
from obcms.kernel.audit.wording import SILENT
from obcms.kernel.extensions import db
from obcms.kernel.formats import moment
from obcms.ppas.models import PPA, Milestone, ppa_supporting_organization

PARTS = {
    Milestone.__tablename__: "its milestones",
    ppa_supporting_organization.name: "its supporting organizations",
}
# What the roll-up carries up from a work tree is nobody's change of the PPA, and dates nothing.
DATED = "updated_at"


def changed_ppas(codes: Iterable[str], since: datetime) -> list[str]:
    """What was changed or added after a moment among the PPAs with these codes, in sentences."""
    query = _entries().where(
        PPA.code.in_(codes), AuditEntry.table_name == PPA.__tablename__, AuditEntry.at > since
    )
    return list(_told(query.limit(TOLD)))[:TOLD]


def later_changes(ppa_ids: Iterable[int], last_entry: int) -> list[str]:
    """What people changed of these PPAs behind that position of the trail, in sentences."""
    tables = (PPA.__tablename__, *PARTS)
    query = _entries().where(
        PPA.id.in_(ppa_ids), AuditEntry.table_name.in_(tables), AuditEntry.id > last_entry
    )
    return list(_told(query))[:TOLD]


def _entries() -> Select[tuple[str, AuditEntry]]:
    query = select(PPA.code, AuditEntry).join(AuditEntry, AuditEntry.ppa_id == PPA.id)
    return query.order_by(AuditEntry.id.desc())


def _told(query: Select[tuple[str, AuditEntry]]) -> Iterator[str]:
    for code, entry in db.session.execute(query):
        when = moment(entry.at)
        if entry.table_name in PARTS:
            yield f"{code}: {entry.actor_name} changed {PARTS[entry.table_name]} on {when}"
        elif entry.action is AuditAction.INSERT:
            yield f"{code}: {entry.actor_name} added it on {when}"
        elif DATED in entry.changes:
            for name, (old, new) in entry.changes.items():
                if name not in SILENT:
                    change = FieldChange(name, old, new, entry.actor_name, entry.at)
                    yield f"{code}: {tell('ppa', change)}"
