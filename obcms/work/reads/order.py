"""Where a work item stands among its siblings, in one short query however many these are."""

from sqlalchemy import func, select

from obcms.kernel.extensions import db
from obcms.work.models import WorkItem


def neighbors(
    parent_id: int, place: int | None, moving_id: int | None = None
) -> tuple[float | None, float | None]:
    """Positions of those before and after the `place`-th child from 0; None where there is none.

    Without a place, or with one past the end, it is the last. The item that moves is left out.
    """
    others = select(WorkItem.position).where(WorkItem.parent_id == parent_id)
    if moving_id is not None:
        others = others.where(WorkItem.id != moving_id)
    others = others.order_by(WorkItem.position, WorkItem.id)
    if place is not None and place <= 0:
        return None, db.session.scalar(others.limit(1))
    if place is not None:
        found = db.session.scalars(others.offset(place - 1).limit(2)).all()
        if found:
            return found[0], found[1] if len(found) == 2 else None
    last = others.order_by(None).with_only_columns(func.max(WorkItem.position))
    return db.session.scalar(last), None


def count_children(parent_id: int) -> int:
    """How many stand directly below."""
    query = select(func.count()).where(WorkItem.parent_id == parent_id)
    return db.session.scalar(query) or 0
