"""Who wrote any of what is approved: makers are no checkers (SPEC 7)."""

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import aliased

from obcms.approval.models import ApprovalWriter
from obcms.kernel.extensions import db
from obcms.ppas.models import PPA


def wrote_some(user_id: int, ppa_id: int | ColumnElement[int]) -> ColumnElement[bool]:
    """Whether the user added the PPA or changed any of what is approved; `ppa_id` may be a column.

    Commands and jobs are nobody.
    """
    made = aliased(PPA)
    added = select(made.id).where(made.id == ppa_id, made.created_by_id == user_id)
    wrote = select(ApprovalWriter.user_id).where(
        ApprovalWriter.ppa_id == ppa_id, ApprovalWriter.user_id == user_id
    )
    return or_(added.exists(), wrote.exists())


def has_written(user_id: int | None, ppa: PPA) -> bool:
    """The same for one PPA."""
    return user_id is not None and bool(db.session.scalar(select(wrote_some(user_id, ppa.id))))
