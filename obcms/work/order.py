"""Finding room for a work item among its siblings."""

from sqlalchemy import select

from obcms.kernel.extensions import db
from obcms.work.models import WorkItem
from obcms.work.reads.order import neighbors
from obcms.work.rules.order import between


def position_at(parent_id: int, place: int | None, moving_id: int | None = None) -> float:
    """The position that makes an item the `place`-th child from 0, or the last without a place.

    Where its neighbors leave no number in between, all siblings get new positions first, which
    takes some fifty moves to the same spot. The item that moves is no neighbor of its own.
    """
    position = between(*neighbors(parent_id, place, moving_id))
    if position is not None:
        return position
    query = select(WorkItem).where(WorkItem.parent_id == parent_id)
    siblings = db.session.scalars(query.order_by(WorkItem.position, WorkItem.id))
    for number, sibling in enumerate(siblings):
        sibling.position = number
    db.session.flush()
    return position_at(parent_id, place, moving_id)
