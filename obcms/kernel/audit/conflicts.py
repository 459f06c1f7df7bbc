"""Telling a person what somebody else changed meanwhile, so that nothing is overwritten unseen."""

from collections.abc import Collection

from obcms.kernel.audit.changes import FieldChange, changes_since
from obcms.kernel.audit.wording import label_of, shown
from obcms.kernel.errors import Conflict
from obcms.kernel.extensions import db
from obcms.kernel.formats import moment

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
    old, new = (shown(table, change.field, value) for value in (change.old, change.new))
    return (
        f"{change.actor_name} changed {label_of(change.field)} from “{old}” to “{new}” "
        f"on {moment(change.at)}"
    )
