"""Telling a person what somebody else changed meanwhile, so that nothing is overwritten unseen."""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import select

from obcms.audit.history import FieldChange, changes_since
from obcms.errors import Conflict
from obcms.extensions import db
from obcms.formats import moment
from obcms.models import PPA, AuditAction, AuditEntry, Organization
from obcms.reports.wording import label_of, shown

TOLD = 5


def refuse_overtaken(record: db.Model, version: int, fields: Collection[str]) -> None:
    """Raises Conflict when one of the fields was changed after the record had this version.

    Other columns, such as a progress rolled up meanwhile, do no harm: they are not written.
    """
    if version == record.version:
        return
    changed = changes_since(record, version)
    told = [tell(record.__tablename__, changed[name]) for name in changed if name in fields]
    if told:
        raise Conflict(
            f"This was changed after you opened it, so nothing was saved. {'; '.join(told)}."
        )


def tell(table: str, change: FieldChange) -> str:
    """Who changed which field, from what to what, and when."""
    old, new = (_shown(table, change.field, value) for value in (change.old, change.new))
    return (
        f"{change.actor_name} changed {label_of(change.field)} from “{old}” to “{new}” "
        f"on {moment(change.at)}"
    )


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


def _shown(table: str, field: str, value: object) -> str:
    if field == "implementing_moa_id" and value is not None:
        return db.session.get_one(Organization, value).acronym
    return shown(table, field, value)
