"""The queue between the scheduler and the workers."""

from flask import current_app
from redis import Redis
from rq import Queue
from rq.exceptions import NoSuchJobError
from rq.job import Job, JobStatus

from obcms.jobs.runner import record_slot, run_slot
from obcms.jobs.schedule import SCHEDULE, slot_name
from obcms.models.types import utc_now

QUEUE_NAME = "obcms"
TIMEOUT_SECONDS = 3600
WAITING = (JobStatus.QUEUED, JobStatus.STARTED, JobStatus.SCHEDULED, JobStatus.DEFERRED)


def connection() -> Redis:
    """The app's Redis client."""
    return current_app.extensions["redis"]


def queue() -> Queue:
    return Queue(QUEUE_NAME, connection=connection(), default_timeout=TIMEOUT_SECONDS)


def enqueue_due(name: str) -> None:
    """What the scheduler's tick runs: queues the job for the slot that is due now."""
    enqueue_slot(name, slot_name(SCHEDULE[name].slot_at(utc_now())))


def enqueue_slot(name: str, slot: str) -> None:
    """Records the slot and queues it, unless it waits in the queue already."""
    record_slot(name, slot)
    if not is_waiting(name, slot):
        queue().enqueue(run_slot, name, slot, job_id=job_id(name, slot), result_ttl=3600)


def is_waiting(name: str, slot: str) -> bool:
    """Whether a worker will get to the slot, or is at it, as far as the queue knows."""
    try:
        job = Job.fetch(job_id(name, slot), connection=connection())
    except NoSuchJobError:
        return False
    return job.get_status() in WAITING


def job_id(name: str, slot: str) -> str:
    return f"{name}-{slot}"
