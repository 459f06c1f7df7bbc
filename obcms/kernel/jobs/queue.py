"""The queue between the scheduler and the workers."""

from contextlib import suppress

from flask import current_app
from redis import Redis
from rq import Queue
from rq.exceptions import NoSuchJobError
from rq.job import Job
from sqlalchemy import select

from obcms.kernel.db.types import utc_now
from obcms.kernel.extensions import db
from obcms.kernel.jobs.models import JobRun, JobState
from obcms.kernel.jobs.runner import record_slot, run_queued
from obcms.kernel.jobs.schedule import SCHEDULE, slot_name

QUEUE_NAME = "obcms"
RESULT_SECONDS = 3600  # how a run went stands in `job_run`; the queue may forget


def connection() -> Redis:
    """The app's Redis client."""
    return current_app.extensions["redis"]


def queue() -> Queue:
    """The one queue that workers take slots from."""
    return Queue(QUEUE_NAME, connection=connection())


def enqueue_due(name: str) -> None:
    """What the scheduler's tick runs: queues the job for the slot that is due now.

    Ticks pile up while no worker runs; all but the first find the slot's row and do nothing.
    """
    if name in SCHEDULE:
        enqueue_slot(name, slot_name(SCHEDULE[name].slot_at(utc_now())))


def enqueue_slot(name: str, slot: str) -> None:
    """Records the slot and queues its next attempt, unless that waits already, or none is due."""
    record_slot(name, slot)
    query = select(JobRun.state, JobRun.attempts).where(JobRun.job == name, JobRun.slot == slot)
    state, attempts = db.session.execute(query).one()
    db.session.rollback()
    key = f"{name}-{slot}-{attempts + 1}"
    if state is not JobState.QUEUED or key in queue().job_ids:
        return
    with suppress(NoSuchJobError):  # left by a worker that died before it began
        Job.fetch(key, connection=connection()).delete()
    queue().enqueue(
        run_queued,
        name,
        slot,
        job_id=key,
        job_timeout=int(SCHEDULE[name].timeout.total_seconds()),
        result_ttl=RESULT_SECONDS,
        failure_ttl=RESULT_SECONDS,
    )
