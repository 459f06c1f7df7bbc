"""Runs of the scheduled jobs, read only."""

from typing import Any, ClassVar

from flask import Flask

from obcms.kernel.extensions import db
from obcms.kernel.jobs.models import JobRun, JobState
from obcms.kernel.permissions import Permission
from obcms.kernel.screens import ADMINISTRATION, add_view
from obcms.kernel.screens.base import ClosedModelView
from obcms.kernel.screens.filters import choice_filter
from obcms.kernel.screens.formatters import badge_column, moment_column


class JobRunView(ClosedModelView):
    """What ran when, and what came of it; what did not run, and why."""

    view_permission = Permission.JOB_VIEW
    column_list = (
        "job",
        "slot",
        "slots",
        "state",
        "verdict",
        "attempts",
        "started_at",
        "finished_at",
        "result",
        "error",
    )
    column_default_sort = ("id", True)
    column_sortable_list = ("job", "state", "started_at", "finished_at")
    column_filters = ("job", choice_filter(JobRun.state, "State", JobState))
    column_formatters: ClassVar[dict[str, Any]] = {
        "state": badge_column,
        "started_at": moment_column,
        "finished_at": moment_column,
    }
    column_display_actions = False


def init_app(app: Flask) -> None:
    """Adds the screens."""
    where = {"endpoint": "job_run", "url": "/admin/job-run"}
    add_view(app, JobRunView(JobRun, db, name="Job runs", category=ADMINISTRATION, **where), 96)
