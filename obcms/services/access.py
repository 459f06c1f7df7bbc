"""Fetching is the permission check: what an actor may not see is not found."""

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


def lock_ppa(ppa: PPA) -> None:
    """Makes this transaction the only writer of the PPA and its tree, and reads the PPA afresh."""
    lock_trees(db.session(), [ppa.id])
    db.session.refresh(ppa)


class _Nobody:
    implementing_moa_id = None


_NO_MOA = _Nobody()
