"""A work item with all below it, as objects that a verb changes."""

from sqlalchemy import select
from sqlalchemy.orm import attributes, joinedload

from obcms.kernel.extensions import db
from obcms.work.models import WorkItem


def load_subtree(item: WorkItem) -> list[WorkItem]:
    """The item and all below it, parents first, in one query.

    The objects' `children` and `assignees` are set, so deleting the item asks for nothing more.
    """
    below = select(WorkItem.id).where(WorkItem.id == item.id).cte("below", recursive=True)
    below = below.union(select(WorkItem.id).join(below, WorkItem.parent_id == below.c.id))
    query = (
        select(WorkItem)
        .where(WorkItem.id.in_(select(below.c.id)))
        .order_by(WorkItem.position, WorkItem.id)
        .options(joinedload(WorkItem.assignees))
    )
    children: dict[int | None, list[WorkItem]] = {}
    for one in db.session.scalars(query).unique():
        children.setdefault(one.parent_id, []).append(one)
    ordered, waiting = [], [item]
    while waiting:
        one = waiting.pop()
        mine = children.get(one.id, [])
        attributes.set_committed_value(one, "children", mine)
        ordered.append(one)
        waiting.extend(reversed(mine))
    return ordered
