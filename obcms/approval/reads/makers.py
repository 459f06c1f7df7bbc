"""Who wrote any of what is approved, as the trail tells it: makers are no checkers (SPEC 7)."""

from sqlalchemy import ColumnElement, or_, select

from obcms.approval.rules.approved import APPROVED_FIELDS
from obcms.kernel.audit.models import AuditEntry
from obcms.kernel.extensions import db
from obcms.ppas.models import PPA

HANDS = ("created_by_id", "updated_by_id")


def wrote_some(user_id: int, ppa_id: int | ColumnElement[int]) -> ColumnElement[bool]:
    """Whether the user wrote any of what is approved; `ppa_id` may be a column.

    The trail names whoever was signed in; a verb called by a program of the house names them in the
    PPA's own columns. Commands and jobs are nobody.
    """
    changes = AuditEntry.changes
    by_user = [AuditEntry.actor_id == user_id]
    by_user += [changes[name][1].as_integer() == user_id for name in HANDS]
    written = [changes[name].as_string().is_not(None) for name in APPROVED_FIELDS]
    query = select(AuditEntry.id).where(
        AuditEntry.ppa_id == ppa_id,
        AuditEntry.table_name == PPA.__tablename__,
        or_(*by_user),
        or_(*written),
    )
    return query.exists()


def has_written(user_id: int | None, ppa: PPA) -> bool:
    """The same for one PPA."""
    return user_id is not None and bool(db.session.scalar(select(wrote_some(user_id, ppa.id))))
