"""What the screens about one work item share."""

from flask_login import current_user

from obcms.ppas.screens.base import PPAScreen
from obcms.work.access import find_item_of, refuse_untracked
from obcms.work.models import WorkItem


class WorkItemScreen(PPAScreen):
    """Finding the work item that an address names."""

    def find_item(self, ppa_id: int, item_id: int) -> WorkItem:
        """A work item of this PPA's tree, which may be kept for reading alone."""
        return find_item_of(current_user, self.find(ppa_id), item_id)

    def find_item_to_change(self, ppa_id: int, item_id: int) -> WorkItem:
        """The same for a dialog or an action that changes it; Conflict where nothing may."""
        item = self.find_item(ppa_id, item_id)
        refuse_untracked(item.ppa)
        return item
