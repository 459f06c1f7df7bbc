"""What the scheduler's process and a worker do in one round, in the test's own process."""

from datetime import UTC, datetime, timedelta

from rq import SimpleWorker
from sqlalchemy import select

from obcms.kernel.db.types import utc_now
from obcms.kernel.extensions import db
from obcms.kernel.jobs.models import JobRun, JobState
from obcms.kernel.jobs.queue import connection, queue, schedule_queue
from obcms.kernel.jobs.reconcile import reconcile
from obcms.kernel.jobs.schedule import SCHEDULE, slot_name
from obcms.kernel.jobs.slots import CATCH_UP
from obcms.kernel.jobs.worker import JobWorker

NOW = datetime(2025, 6, 2, 3, 0, 30, tzinfo=UTC)  # a Monday, 11:00 in Manila
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NO_SCHEDULER = "skipped because the scheduler was not running"
NO_WORKER = "skipped because no worker took it in time"


class InProcessWorker(SimpleWorker):
    """Takes no commands, as in production; listening for them costs each round half a second."""

    subscribe = JobWorker.subscribe


def schedule_round() -> None:
    """Puts in what has to run, and queues what is due."""
    scheduler = schedule_queue()
    reconcile(scheduler)
    scheduler.enqueue_jobs()


def work_round() -> None:
    """Works off the queue."""
    InProcessWorker([queue()], connection=connection()).work(burst=True, logging_level="ERROR")
    db.session.rollback()


def look_after() -> None:
    """A round of both."""
    schedule_round()
    work_round()


def latest_slot(job: str) -> str:
    """The slot of a daily job that is due now."""
    now = utc_now()
    return slot_name(SCHEDULE[job].due_between(now - CATCH_UP, now)[-1])


def verdicts() -> list[tuple[str, int, str]]:
    """Slot, how many slots it stands for, and verdict; what is yet to come left out."""
    runs = db.session.scalars(select(JobRun).order_by(JobRun.due_at)).all()
    found = [(run.slot, run.slots, run.verdict) for run in runs if run.verdict != "queued"]
    db.session.rollback()
    return found


def waiting() -> list[str]:
    """The slots that are yet to come."""
    query = select(JobRun.slot).where(JobRun.state == JobState.QUEUED).order_by(JobRun.due_at)
    found = list(db.session.scalars(query))
    db.session.rollback()
    return found
