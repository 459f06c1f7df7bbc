"""What the screens about one work item share."""

from flask_login import current_user

from obcms.kernel.errors import Conflict, NotFound
from obcms.ppas.screens.base import PPAScreen
from obcms.work.access import find_item
from obcms.work.models import WorkItem


class WorkItemScreen(PPAScreen):
    """Finding the work item that an address names."""

    def find_item(self, ppa_id: int, item_id: int) -> WorkItem:
        """A work item of this PPA's visible tree."""
        ppa = self.find(ppa_id)
        item = find_item(current_user, item_id)
        if item.ppa_id != ppa.id:
            raise NotFound("There is no such work item.")
        if not ppa.has_work_tree:
            raise Conflict("Tracking of this PPA was disabled, so its work tree is hidden now.")
        return item
