"""Fetching is the permission check: what an actor may not see is not found."""

from sqlalchemy.orm.interfaces import ORMOption

from obcms.kernel.db.keys import LARGEST_KEY, read_again
from obcms.kernel.errors import NotFound
from obcms.kernel.extensions import db
from obcms.kernel.permissions import NO_SUCH_PPA, Actor, can_see
from obcms.ppas.locks import lock_trees
from obcms.ppas.models import PPA


def find_ppa(actor: Actor, ppa_id: int, *options: ORMOption) -> PPA:
    """The PPA, if it exists for the actor, read with these options; raises NotFound."""
    ppa = db.session.get(PPA, ppa_id, options=options) if ppa_id <= LARGEST_KEY else None
    if ppa is None or not can_see(actor, ppa):
        raise NotFound(NO_SUCH_PPA)
    return ppa


def lock_ppa(actor: Actor, ppa: PPA) -> None:
    """Makes this transaction the only writer of the PPA and its tree, and reads the PPA afresh.

    Raises NotFound where it was deleted, or given to another ministry, before the lock was free.
    """
    lock_trees(db.session(), [ppa.id])
    read_again(ppa)
    if not can_see(actor, ppa):
        raise NotFound(NO_SUCH_PPA)
