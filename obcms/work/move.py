"""Moving work items within their tree: it touches the item alone (SPEC 3)."""

from obcms.kernel.db.relations import loaded
from obcms.kernel.errors import Conflict, Invalid
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Actor, Permission, require
from obcms.work.access import lock_item, ppa_of
from obcms.work.models import WorkItem
from obcms.work.order import position_at
from obcms.work.reads.order import count_children, neighbors
from obcms.work.rules.order import is_between
from obcms.work.rules.structure import below_itself


def move_item(actor: Actor, item: WorkItem, parent: WorkItem, place: int | None) -> WorkItem:
    """Puts the item, with all below it, under `parent`, as its `place`-th child from 0.

    Without a place it becomes the last. Raises Invalid for another PPA, an illegal type, a cycle,
    too great a depth, or a budget that does not fit.
    """
    require(actor, Permission.WORK_ITEM_EDIT, ppa_of(item))
    lock_item(actor, item)
    if item.parent_id is None:
        raise Conflict("The execution project itself cannot be moved.")
    if parent.id == item.id:
        raise below_itself(item.title)
    if parent.ppa_id != item.ppa_id:
        raise Invalid("A work item can only be moved within its own PPA.", "parent")
    is_there = item.parent_id == parent.id and is_between(
        item.position, *neighbors(parent.id, place, item.id)
    )
    if not is_there:
        item.position = position_at(parent.id, place, item.id)
        item.parent_id = parent.id
    db.session.flush()
    db.session.expire(item, ["parent", "place"])
    return item


def move_by_one(actor: Actor, item: WorkItem, up: bool) -> WorkItem:
    """One place up or down among its siblings. Raises Invalid where it is at the end already."""
    require(actor, Permission.WORK_ITEM_EDIT, ppa_of(item))
    lock_item(actor, item)
    place = item.place + (-1 if up else 1)
    if item.parent_id is None or not 0 <= place < count_children(item.parent_id):
        raise Invalid(f"“{item.title}” is the {'first' if up else 'last'} already.")
    return move_item(actor, item, loaded(item, "parent"), place)
