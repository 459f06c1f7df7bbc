"""Each job, how it went in the last thirty days, and the button that runs it now."""

from datetime import UTC, datetime

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_login import current_user

from obcms.kernel.db.types import utc_now
from obcms.kernel.errors import Invalid
from obcms.kernel.extensions import db
from obcms.kernel.jobs.ask import run_now
from obcms.kernel.jobs.queue import hand_over
from obcms.kernel.jobs.reads import last_runs
from obcms.kernel.jobs.schedule import SCHEDULE
from obcms.kernel.jobs.strip import strips
from obcms.kernel.permissions import Permission, allows
from obcms.kernel.screens.base import ClosedView

WAITS = "It waits for a worker."
AWAY = "The queue does not answer just now. It starts as soon as the queue is back."
TWICE = "It was asked for already."
ASKED = "%Y%m%dT%H%M%S%f"


class ScheduleView(ClosedView):
    """For those who may see runs; running is a permission of its own."""

    view_permission = Permission.JOB_VIEW

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """Every job."""
        now = utc_now()
        return self.render(
            "jobs/schedule.html",
            jobs=SCHEDULE.values(),
            last=last_runs(),
            strips=strips(now),
            now=now,
            asked=now.strftime(ASKED),
            may_run=allows(current_user, Permission.JOB_RUN),
        )

    @expose("/run", methods=("POST",))
    def run(self) -> ResponseReturnValue:
        """Has a worker run the job now."""
        attempt = run_now(current_user, request.form.get("job", ""), _moment())
        db.session.commit()
        if attempt is None:
            flash(TWICE)
        else:
            flash(WAITS if hand_over(attempt) else AWAY, "success")
        return redirect(url_for(".index"))


def _moment() -> datetime:
    """When the page with the button was made."""
    try:
        return datetime.strptime(request.form.get("asked", ""), ASKED).replace(tzinfo=UTC)
    except ValueError:
        raise Invalid("The page is out of date. Please open it again.") from None
