"""The queue, the workers and the scheduler, as they are just now."""

from flask.typing import ResponseReturnValue
from flask_admin import expose

from obcms.kernel.db.types import utc_now
from obcms.kernel.jobs.state import read_state
from obcms.kernel.permissions import Permission
from obcms.kernel.screens.base import ClosedView


class QueueView(ClosedView):
    """Read only; says so where Redis does not answer."""

    view_permission = Permission.JOB_VIEW

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """The state at this moment."""
        return self.render("jobs/queue.html", state=read_state(), now=utc_now())
