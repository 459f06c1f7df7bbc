"""Fetching is the permission check: what an actor may not see is not found."""

from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.orm import joinedload

from obcms.errors import NotFound
from obcms.extensions import db
from obcms.models import PPA, WorkItem
from obcms.permissions import Actor, can_see
from obcms.services.settle import lock_trees

# What an integer column holds; a database answers a larger number with an error.
LARGEST_KEY = 2**31 - 1


def find_ppa(actor: Actor, ppa_id: int) -> PPA:
    """The PPA, if it exists for the actor; raises NotFound."""
    ppa = db.session.get(PPA, ppa_id) if ppa_id <= LARGEST_KEY else None
    if ppa is None or not can_see(actor, ppa):
        raise NotFound("There is no such PPA.")
    return ppa


def find_item(actor: Actor, item_id: int) -> WorkItem:
    """The work item with its PPA, if it exists for the actor; raises NotFound.

    An item without a PPA belongs to no ministry, so only unconfined roles see it.
    """
    options = [joinedload(WorkItem.ppa)]
    item = db.session.get(WorkItem, item_id, options=options) if item_id <= LARGEST_KEY else None
    if item is None or not can_see(actor, item.ppa or _NO_MOA):
        raise NotFound("There is no such work item.")
    return item


def lock_ppa(actor: Actor, ppa: PPA) -> None:
    """Makes this transaction the only writer of the PPA and its tree, and reads the PPA afresh.

    Raises NotFound where it was deleted, or given to another ministry, before the lock was free.
    """
    lock_trees(db.session(), [ppa.id])
    read_again(ppa)
    if not can_see(actor, ppa):
        raise NotFound("There is no such PPA.")


def lock_item(actor: Actor, item: WorkItem) -> None:
    """The same for the tree of a work item; reads the item afresh."""
    if item.ppa_id is not None:
        lock_ppa(actor, db.session.get_one(PPA, item.ppa_id))
    read_again(item)


def read_again(record: db.Model) -> None:
    """Reads the record afresh; raises NotFound where somebody has deleted it."""
    try:
        db.session.refresh(record)
    except InvalidRequestError:
        raise NotFound("Somebody has deleted this.") from None


class _Nobody:
    implementing_moa_id = None


_NO_MOA = _Nobody()
