"""The work item in an address, where it exists for the caller."""

from obcms.kernel.api.access import caller
from obcms.kernel.api.etag import LOCKS
from obcms.kernel.api.subjects import FINDERS
from obcms.kernel.extensions import db
from obcms.ppas.locks import lock_trees
from obcms.ppas.models import PPA
from obcms.work.access import find_item
from obcms.work.models import WorkItem


def find_work_item(item_id: int) -> WorkItem:
    """The work item, where it exists for the caller. Raises NotFound."""
    return find_item(caller(), item_id)


def _found(item_id: int) -> tuple[WorkItem, PPA | None]:
    item = find_work_item(item_id)
    return item, item.ppa


def _lock(item: WorkItem) -> None:
    if item.ppa_id is not None:
        lock_trees(db.session(), [item.ppa_id])


FINDERS["item_id"] = _found
LOCKS[WorkItem] = _lock
