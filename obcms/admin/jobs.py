"""Runs of the scheduled jobs, read only."""

from typing import Any, ClassVar

from obcms.admin.base import ClosedModelView
from obcms.admin.filters import choice_filter
from obcms.admin.formatters import badge_column, moment_column
from obcms.models import JobRun, JobState
from obcms.permissions import Permission


class JobRunView(ClosedModelView):
    """What ran when, and what came of it."""

    view_permission = Permission.JOB_VIEW
    column_list = (
        "job",
        "slot",
        "state",
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
