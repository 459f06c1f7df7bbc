"""What the screens and commands tell of runs."""

from datetime import datetime

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import defer

from obcms.kernel.extensions import db
from obcms.kernel.jobs.models import JobRun
from obcms.kernel.jobs.schedule import SCHEDULE


def last_runs() -> dict[str, JobRun]:
    """The run of each job that began last."""
    newest = select(JobRun.job, func.max(JobRun.started_at)).where(JobRun.job.in_(SCHEDULE))
    begun = select(JobRun).where(
        tuple_(JobRun.job, JobRun.started_at).in_(newest.group_by(JobRun.job))
    )
    return {run.job: run for run in db.session.scalars(begun.options(defer(JobRun.log)))}


def history(name: str | None, since: datetime, now: datetime) -> list[JobRun]:
    """What became of the slots and runs by hand since then, the newest first."""
    at = func.coalesce(JobRun.due_at, JobRun.queued_at)
    query = select(JobRun).where(at.between(since, now)).order_by(at.desc(), JobRun.id.desc())
    if name:
        query = query.where(JobRun.job == name)
    return list(db.session.scalars(query.options(defer(JobRun.log))))
