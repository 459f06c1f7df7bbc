"""Fetching a work item is the permission check: what an actor may not see is not found."""

from sqlalchemy.orm import attributes, joinedload, undefer

from obcms.kernel.db.keys import LARGEST_KEY, read_again
from obcms.kernel.errors import Conflict, NotFound
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Actor, can_see
from obcms.ppas.access import lock_ppa
from obcms.ppas.models import PPA
from obcms.work.models import WorkItem


def find_item(actor: Actor, item_id: int) -> WorkItem:
    """The work item with its PPA and place, if it exists for the actor; raises NotFound.

    An item without a PPA belongs to no ministry, so only unconfined roles see it.
    """
    options = [joinedload(WorkItem.ppa), undefer(WorkItem.place)]
    item = db.session.get(WorkItem, item_id, options=options) if item_id <= LARGEST_KEY else None
    if item is None or not can_see(actor, item.ppa or _NO_MOA):
        raise NotFound("There is no such work item.")
    return item


def lock_item(actor: Actor, item: WorkItem) -> None:
    """The same for the tree of a work item; reads the item afresh, and keeps its PPA at hand."""
    ppa = db.session.get_one(PPA, item.ppa_id) if item.ppa_id is not None else None
    if ppa is not None:
        lock_ppa(actor, ppa)
    read_again(item)
    attributes.set_committed_value(item, "ppa", ppa)


def refuse_hidden_tree(item: WorkItem) -> None:
    """Raises Conflict where tracking is off: the tree takes no more writes (SPEC 3)."""
    if item.ppa is not None and not item.ppa.has_work_tree:
        raise Conflict("Tracking of this PPA was disabled, so its work tree is hidden now.")


class _Nobody:
    implementing_moa_id = None


_NO_MOA = _Nobody()
