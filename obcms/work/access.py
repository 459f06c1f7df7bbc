"""Fetching a work item is the permission check: what an actor may not see is not found."""

from sqlalchemy.orm import attributes, joinedload, undefer

from obcms.kernel.db.keys import LARGEST_KEY, read_again
from obcms.kernel.db.relations import loaded
from obcms.kernel.errors import Conflict, NotFound
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Actor, can_see
from obcms.ppas.access import lock_ppa
from obcms.ppas.models import PPA
from obcms.work.models import WorkItem

NO_LONGER_TRACKED = "Tracking of this PPA was disabled; its work tree can be read, not changed."


def find_item(actor: Actor, item_id: int) -> WorkItem:
    """The work item with its PPA and place, if it exists for the actor; raises NotFound.

    An item without a PPA belongs to no ministry, so only unconfined roles see it.
    """
    options = [joinedload(WorkItem.ppa), undefer(WorkItem.place)]
    item = db.session.get(WorkItem, item_id, options=options) if item_id <= LARGEST_KEY else None
    if item is None or not can_see(actor, ppa_of(item) or _NO_MOA):
        raise no_such_item()
    return item


def find_item_of(actor: Actor, ppa: PPA, item_id: int) -> WorkItem:
    """The work item of this PPA's tree, if it exists for the actor; raises NotFound."""
    item = find_item(actor, item_id)
    if item.ppa_id != ppa.id:
        raise no_such_item()
    return item


def no_such_item() -> NotFound:
    """For an item that is not there, and for one that is hidden."""
    return NotFound("There is no such work item.")


def ppa_of(item: WorkItem) -> PPA | None:
    """The item's PPA, read where it is not at hand; None for an item without one."""
    return loaded(item, "ppa")


def lock_item(actor: Actor, item: WorkItem) -> None:
    """Before every write of a work item: locks its tree, reads it afresh, keeps its PPA at hand.

    Raises Conflict where tracking is off: such a tree takes no more writes, at any door (SPEC 3).
    """
    ppa = db.session.get_one(PPA, item.ppa_id) if item.ppa_id is not None else None
    if ppa is not None:
        lock_ppa(actor, ppa)
    read_again(item)
    attributes.set_committed_value(item, "ppa", ppa)
    refuse_untracked(ppa)


def refuse_untracked(ppa: PPA | None) -> None:
    """Raises Conflict where the PPA's tree is kept but no longer tracked."""
    if ppa is not None and ppa.is_no_longer_tracked:
        raise Conflict(NO_LONGER_TRACKED)


class _Nobody:
    implementing_moa_id = None


_NO_MOA = _Nobody()
