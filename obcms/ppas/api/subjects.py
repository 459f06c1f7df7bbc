"""The PPA in an address, where it exists for the caller."""

from obcms.kernel.api.access import caller
from obcms.kernel.api.etag import LOCKS
from obcms.kernel.api.subjects import FINDERS
from obcms.kernel.extensions import db
from obcms.ppas.access import find_ppa
from obcms.ppas.locks import lock_trees
from obcms.ppas.models import PPA


def find_entry(entry_id: int) -> PPA:
    """The PPA; raises NotFound."""
    return find_ppa(caller(), entry_id)


def _found(entry_id: int) -> tuple[PPA, PPA]:
    ppa = find_entry(entry_id)
    return ppa, ppa


FINDERS["entry_id"] = _found
LOCKS[PPA] = lambda ppa: lock_trees(db.session(), [ppa.id])
