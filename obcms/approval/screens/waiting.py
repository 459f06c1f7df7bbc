"""The approval queue of the person who looks at it."""

from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_login import current_user

from obcms.approval.reads.queue import count_waiting, waiting_for
from obcms.kernel.db.types import utc_now
from obcms.kernel.permissions import Permission
from obcms.kernel.screens.base import ClosedView

SHOWN = 200


class WaitingView(ClosedView):
    """Which PPAs wait for a step that this person may take, the longest waiting first."""

    view_permission = Permission.PPA_VIEW

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """The queue, with how long each has waited and what was said last."""
        return self.render(
            "approval/waiting.html",
            queue=waiting_for(current_user, SHOWN),
            total=count_waiting(current_user),
            now=utc_now(),
        )
