"""Runs of the scheduled jobs: the list, and a page for each with what it did and said."""

from typing import Any, ClassVar

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_login import current_user
from markupsafe import Markup

from obcms.kernel.extensions import db
from obcms.kernel.formats import MANILA, day
from obcms.kernel.jobs import words
from obcms.kernel.jobs.ask import retry
from obcms.kernel.jobs.models import JobRun, JobState
from obcms.kernel.jobs.queue import hand_over
from obcms.kernel.jobs.schedule import SCHEDULE, slot_moment
from obcms.kernel.jobs.screens.schedule import AWAY, WAITS
from obcms.kernel.permissions import Permission, allows
from obcms.kernel.screens.base import ClosedModelView
from obcms.kernel.screens.filters import choice_filter, day_filter
from obcms.kernel.screens.formatters import badge, moment_column


def title_of(run: JobRun) -> str:
    """The job's name to people, also of a job that is gone."""
    job = SCHEDULE.get(run.job)
    return job.shown_title if job else run.job


def slot_in_words(run: JobRun) -> str:
    """When the slot was due, in Manila; of a stretch from when to when."""
    due = slot_moment(run.slot)
    if due is None:
        return f"by hand, {run.asked_by}" if run.asked_by else "by hand"
    first = due.astimezone(MANILA)
    told = f"{day(first.date())}, {first:%H:%M}"
    if run.slots > 1 and run.due_at:
        last = run.due_at.astimezone(MANILA)
        return f"{told} – {day(last.date())}, {last:%H:%M} ({run.slots:,} times)"
    return told


def _job(_view: object, _context: object, run: JobRun, _name: str) -> Markup:
    address = url_for("job_run.details_view", id=run.id)
    return Markup('<a href="{}">{}</a>').format(address, title_of(run))


def _outcome(_view: object, _context: object, run: JobRun, _name: str) -> Markup:
    why = Markup('<div class="muted">{}</div>').format(run.reason) if run.reason else ""
    return badge(run.outcome) + why


class JobRunView(ClosedModelView):
    """What ran when, and what came of it; what did not run, and why."""

    view_permission = Permission.JOB_VIEW
    can_view_details = True
    details_template = "jobs/run.html"
    column_list = ("job", "slot", "outcome", "attempts", "started_at", "seconds", "result")
    column_labels: ClassVar[dict[str, str]] = {
        "slot": "Due",
        "outcome": "Verdict",
        "seconds": "Took",
        "result": "What it did",
    }
    column_default_sort = ("id", True)
    column_sortable_list = ("job", "slot", "attempts", "started_at")
    column_filters = (
        "job",
        choice_filter(JobRun.state, "State", JobState),
        day_filter(JobRun.queued_at, "Day"),
    )
    column_formatters: ClassVar[dict[str, Any]] = {
        "job": _job,
        "slot": lambda _view, _context, run, _name: slot_in_words(run),
        "outcome": _outcome,
        "started_at": moment_column,
        "seconds": lambda _view, _context, run, _name: words.took(run.seconds),
        "result": lambda _view, _context, run, _name: words.outcome(run.error, run.result),
    }
    column_display_actions = False
    guides = (("scheduled-work", "About scheduled work"),)

    def render(self, template: str, **kwargs: Any) -> str:
        if template == self.details_template:
            run: JobRun = kwargs["model"]
            may_run = allows(current_user, Permission.JOB_RUN) and run.job in SCHEDULE
            kwargs |= {
                "title": title_of(run),
                "slot": slot_in_words(run),
                "job": SCHEDULE.get(run.job),
                "facts": words.facts(run.result),
                "errors": words.errors(run.result),
                "took": words.took(run.seconds),
                "is_open": run.state in (JobState.QUEUED, JobState.RUNNING),
                "may_retry": may_run and run.state is JobState.FAILED,
            }
        return super().render(template, **kwargs)

    @expose("/<int:run_id>/retry", methods=("POST",))
    def retry(self, run_id: int) -> ResponseReturnValue:
        """Lets a failed run's slot be run again."""
        attempt = retry(current_user, run_id, request.form.get("attempts", 0, int))
        db.session.commit()
        flash(WAITS if hand_over(attempt) else AWAY, "success")
        return redirect(url_for(".details_view", id=run_id))
