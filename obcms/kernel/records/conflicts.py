"""Saying what somebody else changed since a form was opened, and refusing to write over it."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, inspect, select

from obcms.kernel.audit.conflicts import FieldChange, tell
from obcms.kernel.audit.models import AuditEntry
from obcms.kernel.audit.subject import SUBJECT
from obcms.kernel.audit.wording import label_of
from obcms.kernel.errors import Conflict
from obcms.kernel.extensions import db
from obcms.kernel.formats import moment
from obcms.kernel.records.opened import digest, overtaken, stored
from obcms.kernel.rules.cleaning import Parts, Refs
from obcms.kernel.rules.fields import Field

LOOKED_AT = 50  # entries; who changed a field is among the last ones


def refuse_overtaken_fields(
    record: Any, values: Mapping[str, Any], opened: Mapping[str, str], fields: Sequence[Field]
) -> None:
    """Raises Conflict where somebody changed one of the fields since the form was opened.

    To be called once the record is locked and read afresh. Other fields do no harm: they are not
    written.
    """
    told = [_told(record, field) for field in overtaken(record, values, opened, fields)]
    if told:
        raise Conflict(
            f"This was changed after you opened it, so nothing was saved. {'; '.join(told)}. "
            "What you typed is still here: look at it, and save again to put it in its place."
        )


def told_since_opened(record: Any, opened: Mapping[str, str], fields: Sequence[Field]) -> list[str]:
    """What of the fields is another than a form or dialog showed, each in a sentence."""
    return [
        _told(record, field)
        for field in fields
        if digest(stored(record, field)) != opened.get(field.name)
    ]


def _told(record: Any, field: Field) -> str:
    query = select(AuditEntry).where(_entries_of(record, field)).order_by(AuditEntry.id.desc())
    for entry in db.session.scalars(query.limit(LOOKED_AT)):
        if isinstance(field, (Parts, Refs)):
            said = (field.label or label_of(field.name)).lower()
            return f"{entry.actor_name} changed the {said} on {moment(entry.at)}"
        if field.name in entry.changes:
            old, new = entry.changes[field.name]
            change = FieldChange(field.name, old, new, entry.actor_name, entry.at)
            return tell(entry.table_name, change)
    return f"{field.label or label_of(field.name)} is another one now"


def _entries_of(record: Any, field: Field) -> ColumnElement[bool]:
    if isinstance(field, Parts):
        return (AuditEntry.table_name == field.model.__tablename__) & (
            AuditEntry.__table__.c[SUBJECT] == record.id
        )
    if isinstance(field, Refs):
        table = inspect(type(record)).relationships[field.name].secondary
        return (AuditEntry.table_name == table.name) & AuditEntry.row_key.startswith(
            f"{record.id}/", autoescape=True
        )
    return (AuditEntry.table_name == record.__tablename__) & (AuditEntry.row_key == str(record.id))
