"""Brings the queue in line with the schedule and with the rows of `job_run`, every minute."""

import logging
from datetime import datetime, timedelta

from rq.job import Job
from rq_scheduler import Scheduler
from sqlalchemy import func, or_, select

from obcms.kernel.db.types import utc_now
from obcms.kernel.extensions import db
from obcms.kernel.jobs.models import JobRun, JobState
from obcms.kernel.jobs.queue import QUEUE_NAME, enqueue_due, enqueue_slot
from obcms.kernel.jobs.runner import HANDOVER, record_failure
from obcms.kernel.jobs.schedule import SCHEDULE, delays, slot_name

logger = logging.getLogger(__name__)
CATCH_UP = timedelta(hours=24)
QUEUED_LONG = timedelta(minutes=1)
PREFIX = "cron-"
TICK = f"{enqueue_due.__module__}.{enqueue_due.__qualname__}"


def register(scheduler: Scheduler) -> None:
    """Adds, changes and removes cron jobs where they differ from the table, and only there.

    Registering anew moves the next run past a tick that is just due, so it would be lost.
    """
    registered = {job.id: job for job in scheduler.get_jobs() if job.id.startswith(PREFIX)}
    for name, entry in SCHEDULE.items():
        job = registered.pop(PREFIX + name, None)
        if job is not None and _definition(job) == (entry.cron, TICK):
            continue
        scheduler.cron(
            entry.cron,
            func=enqueue_due,
            args=[name],
            id=PREFIX + name,
            queue_name=QUEUE_NAME,
            use_local_timezone=True,  # the scheduler's process runs in Manila's time
        )
    for job in registered.values():
        scheduler.cancel(job)
        job.delete()


def _definition(job: Job) -> tuple[object, str]:
    return job.meta.get("cron_string"), job.func_name


def recover() -> list[tuple[str, str]]:
    """Queues missed slots, failed ones that are due again, and those whose worker died."""
    now = utc_now()
    slots = [*_missed(now), *_take_back(now)]
    for name, slot in slots:
        logger.warning("%s %s is queued again", name, slot)
        enqueue_slot(name, slot)
    return slots


def _missed(now: datetime) -> list[tuple[str, str]]:
    """Each job's latest slot, where it fell into the last day and nobody recorded it.

    What was due before the job's own first run was not missed.
    """
    missed = []
    for name, entry in SCHEDULE.items():
        due = entry.slot_at(now)
        recorded = func.count().filter(JobRun.slot == slot_name(due))
        runs = select(func.min(JobRun.queued_at), recorded).where(JobRun.job == name)
        began, is_recorded = db.session.execute(runs).one()
        if began and began <= due and now - due <= CATCH_UP and not is_recorded:
            missed.append((name, slot_name(due)))
    db.session.rollback()
    return missed


def _take_back(now: datetime) -> list[tuple[str, str]]:
    """Runs that nobody holds, made ready for their next attempt.

    A row that can be locked is not being worked on, whatever its state and the queue say.
    """
    query = select(JobRun).where(
        or_(
            (JobRun.state == JobState.RUNNING) & (JobRun.started_at < now - HANDOVER),
            (JobRun.state == JobState.QUEUED) & (JobRun.queued_at < now - QUEUED_LONG),
            (JobRun.state == JobState.FAILED) & (JobRun.retry_at <= now),
        ),
    )
    ready = []
    for run in db.session.scalars(query.with_for_update(skip_locked=True)):
        if run.job not in SCHEDULE:
            record_failure(run, "This job is no longer in the schedule.")
        elif run.state is JobState.RUNNING and run.attempts > len(delays(run.job, run.slot)):
            record_failure(run, "The process that ran it ended before the job did.")
            logger.error("%s %s failed: its process ended every time", run.job, run.slot)
        else:
            run.state, run.queued_at, run.retry_at = JobState.QUEUED, now, None
            ready.append((run.job, run.slot))
    db.session.commit()
    return ready
