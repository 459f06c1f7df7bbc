"""Who runs a slot: one worker, once (SPEC 10).

The unique row of `job_run` stands for the slot. `begin` counts the attempt and commits; `claim`
locks the row in the transaction in which the job writes, so a worker that dies gives up both.
"""

import socket
from datetime import datetime, timedelta

from rq import get_current_job
from sqlalchemy import select

from obcms.kernel.db.types import utc_now
from obcms.kernel.extensions import db
from obcms.kernel.jobs.models import JobRun, JobState
from obcms.kernel.jobs.schedule import SCHEDULE, slot_name
from obcms.kernel.jobs.slots import record_slot

# A worker needs a moment from counting its attempt to locking the row for the job itself.
HANDOVER = timedelta(seconds=5)
# A slot that begins later than this after it was due was caught up.
LATE = timedelta(minutes=5)


def begin(name: str, slot: str) -> int | None:
    """Counts the attempt before it begins, so that even a killed worker leaves a trace of it."""
    query = select(JobRun).where(JobRun.job == name, JobRun.slot == slot)
    run = db.session.scalars(query.with_for_update(skip_locked=True)).one_or_none()
    job, now = SCHEDULE.get(name), utc_now()
    if run is None or job is None or not _is_due(run, now):
        db.session.rollback()
        return None
    if run.attempts == 0 and run.due_at is not None:
        run.caught_up = now - run.due_at > LATE
    if run.due_at is not None and job.is_frequent:
        # The next slot's row tells where the job is when this one leaves none.
        record_slot(name, slot_name(job.next_after(run.due_at)))
    run.state, run.attempts, run.started_at = JobState.RUNNING, run.attempts + 1, now
    run.finished_at = run.retry_at = run.asked_at = None
    run.worker = who_runs()
    db.session.commit()
    return run.attempts


def who_runs() -> str:
    """The worker by its name in the queue; of a run by hand, the machine."""
    job = get_current_job()
    return job.worker_name if job and job.worker_name else f"by hand on {socket.gethostname()}"


def _is_due(run: JobRun, now: datetime) -> bool:
    match run.state:
        case JobState.QUEUED:
            return True
        case JobState.RUNNING:  # and nobody holds it, or the row had been skipped
            return run.started_at is None or run.started_at < now - HANDOVER
        case JobState.FAILED:
            return run.retry_at is not None and run.retry_at <= now
    return False


def claim(name: str, slot: str, attempt: int) -> JobRun | None:
    """The row, locked; None where the slot was given to somebody else after this attempt began."""
    query = select(JobRun).where(
        JobRun.job == name,
        JobRun.slot == slot,
        JobRun.state == JobState.RUNNING,
        JobRun.attempts == attempt,
    )
    query = query.with_for_update().execution_options(populate_existing=True)
    return db.session.scalars(query).one_or_none()
