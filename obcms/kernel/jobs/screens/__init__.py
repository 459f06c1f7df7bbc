"""The schedule, every run, and the queue with its processes (SPEC 10)."""

from flask import Flask

from obcms.kernel.extensions import db
from obcms.kernel.jobs.models import JobRun
from obcms.kernel.jobs.screens.queue import QueueView
from obcms.kernel.jobs.screens.runs import JobRunView
from obcms.kernel.jobs.screens.schedule import ScheduleView
from obcms.kernel.screens import ADMINISTRATION, add_view


def init_app(app: Flask) -> None:
    """Adds the screens."""
    schedule = {"endpoint": "schedule", "url": "/admin/schedule"}
    add_view(app, ScheduleView(name="Schedule", category=ADMINISTRATION, **schedule), 96)
    runs = {"endpoint": "job_run", "url": "/admin/job-run"}
    add_view(app, JobRunView(JobRun, db, name="Job runs", category=ADMINISTRATION, **runs), 96)
    queue = {"endpoint": "queue", "url": "/admin/queue"}
    add_view(app, QueueView(name="Queue and workers", category=ADMINISTRATION, **queue), 96)
