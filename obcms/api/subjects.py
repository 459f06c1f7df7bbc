"""What a request is about: the PPA or work item in its address, where it exists for the caller."""

from flask import g

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


def find_subject(numbers: dict[str, int]) -> PPA | None:
    """The PPA that these numbers of an address belong to; raises NotFound.

    What was found stays at hand for the request, so that the view finds it without a query.
    """
    if "entry_id" in numbers:
        g.subject = find_entry(numbers["entry_id"])
        return g.subject
    if "item_id" in numbers:
        g.subject = find_work_item(numbers["item_id"])
        return g.subject.ppa
    return None
