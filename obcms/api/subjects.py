"""What a request is about: the PPA or work item in its address, where it exists for the caller."""

from obcms.api.access import caller
from obcms.errors import NotFound
from obcms.models import PPA, WorkItem
from obcms.services.access import find_item, find_ppa


def find_entry(entry_id: int) -> PPA:
    """The PPA; raises NotFound."""
    return find_ppa(caller(), entry_id)


def find_work_item(item_id: int) -> WorkItem:
    """The work item; one in a hidden tree does not exist. Raises NotFound."""
    item = find_item(caller(), item_id)
    if item.ppa is not None and not item.ppa.has_work_tree:
        raise NotFound("There is no such work item.")
    return item


def subject_of(numbers: dict[str, int]) -> PPA | None:
    """The PPA that these numbers of an address belong to; raises NotFound."""
    if "entry_id" in numbers:
        return find_entry(numbers["entry_id"])
    return find_work_item(numbers["item_id"]).ppa if "item_id" in numbers else None
