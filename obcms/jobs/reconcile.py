"""Brings the queue in line with the schedule and with the rows of `job_run`, every minute."""

import logging
from datetime import datetime, timedelta

from rq_scheduler import Scheduler
from sqlalchemy import func, or_, select

from obcms.extensions import db
from obcms.jobs.queue import QUEUE_NAME, enqueue_due, enqueue_slot, job_id, queue
from obcms.jobs.schedule import SCHEDULE, slot_name
from obcms.models import JobRun, JobState
from obcms.models.types import utc_now

logger = logging.getLogger(__name__)
CATCH_UP = timedelta(hours=24)
PREFIX = "cron-"


def register(scheduler: Scheduler) -> None:
    """Adds, changes and removes cron jobs where they differ from the table, and only there.

    Registering anew moves the next run past a tick that is just due, so it would be lost.
    """
    registered = {job.id: job for job in scheduler.get_jobs() if job.id.startswith(PREFIX)}
    for name, entry in SCHEDULE.items():
        job = registered.pop(PREFIX + name, None)
        if job is not None and job.meta.get("cron_string") == entry.cron:
            continue
        scheduler.cron(
            entry.cron,
            func=enqueue_due,
            args=[name],
            id=PREFIX + name,
            queue_name=QUEUE_NAME,
            use_local_timezone=True,  # the scheduler's process runs in Asia/Manila
        )
    for job in registered.values():
        scheduler.cancel(job)
        job.delete()


def recover() -> list[tuple[str, str]]:
    """Queues missed slots, failed ones that are due again, and those whose worker died."""
    now = utc_now()
    slots = [*_missed(now), *_abandoned(now)]
    db.session.rollback()
    for name, slot in slots:
        logger.warning("%s %s is queued again", name, slot)
        enqueue_slot(name, slot)
    return slots


def _missed(now: datetime) -> list[tuple[str, str]]:
    """Slots of the last day that nobody recorded; a job that never ran has missed nothing."""
    missed = []
    for name, entry in SCHEDULE.items():
        due = entry.slot_at(now)
        first = db.session.scalar(select(func.min(JobRun.queued_at)).where(JobRun.job == name))
        if first is None or first > due or now - due > CATCH_UP:
            continue
        known = select(JobRun.id).where(JobRun.job == name, JobRun.slot == slot_name(due))
        if db.session.scalar(known) is None:
            missed.append((name, slot_name(due)))
    return missed


def _abandoned(now: datetime) -> list[tuple[str, str]]:
    """Runs that nobody holds: a row that can be locked is not being worked on."""
    query = select(JobRun).where(
        JobRun.job.in_(SCHEDULE),
        or_(
            JobRun.state == JobState.RUNNING,
            (JobRun.state == JobState.QUEUED) & (JobRun.queued_at < now - timedelta(minutes=1)),
            (JobRun.state == JobState.FAILED) & (JobRun.retry_at <= now),
        ),
    )
    runs = db.session.scalars(query.with_for_update(skip_locked=True)).all()
    for run in runs:
        if run.state is JobState.RUNNING:
            # The queue still believes in the dead worker; its entry makes way for a new one.
            queue().remove(job_id(run.job, run.slot))
            _forget(run)
    return [(run.job, run.slot) for run in runs]


def _forget(run: JobRun) -> None:
    job = queue().fetch_job(job_id(run.job, run.slot))
    if job is not None:
        job.delete()
