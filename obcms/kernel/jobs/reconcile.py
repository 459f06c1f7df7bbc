"""Brings the slots in `job_run` in line with the schedule, and the queue in line with the slots."""

import logging
from collections import defaultdict
from datetime import datetime, timedelta

from rq_scheduler import Scheduler
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from obcms.kernel.db.types import utc_now
from obcms.kernel.extensions import db
from obcms.kernel.jobs.claim import HANDOVER
from obcms.kernel.jobs.models import JobRun, JobState
from obcms.kernel.jobs.queue import Attempt, known_ids, put_in, was_put_in
from obcms.kernel.jobs.runner import record_failure
from obcms.kernel.jobs.schedule import SCHEDULE, delays
from obcms.kernel.jobs.slots import (
    DEPARTED,
    forget_verdicts_ahead,
    give_up,
    plan_next,
    settle_past,
)

logger = logging.getLogger(__name__)
# A worker that took an attempt from the queue has begun it by then.
LOST_AFTER = timedelta(minutes=1)
KEPT = timedelta(days=365)
_LOCK = 0x0BC5_10B5  # any number that no other advisory lock of OBCMS uses
_TRY_LOCK = text("SELECT pg_try_advisory_xact_lock(:key)")
WAITING = (JobRun.state == JobState.QUEUED) | JobRun.retry_at.is_not(None)


def reconcile(scheduler: Scheduler) -> list[Attempt]:
    """Puts into the queue what has to run and is not there: next slots, missed, failed, lost ones.

    Whatever was lost or doubled on the way, the slot's row decides whether a worker runs it.
    """
    now = utc_now()
    if not _is_alone(db.session()):
        db.session.rollback()
        return []
    _take_back(now)
    _settle(now)
    attempts = _attempts()
    db.session.commit()
    known = known_ids(scheduler)
    put = [attempt for attempt in attempts if attempt.id not in known and not _begins(attempt, now)]
    put_in(scheduler, put)
    for attempt in put:
        if attempt.moment <= now:
            logger.warning("%s %s is queued again", attempt.job, attempt.slot)
    return put


def _is_alone(session: Session) -> bool:
    """Whether no other scheduler writes slots now; SQLite has one writer anyway."""
    if session.get_bind().dialect.name == "sqlite":
        return True
    return bool(session.scalar(_TRY_LOCK, {"key": _LOCK}))


def _take_back(now: datetime) -> None:
    """Runs whose worker died are made ready for their next attempt, or given up.

    A row that can be locked is not being worked on, whatever its state and the queue say.
    """
    query = select(JobRun).where(
        JobRun.state == JobState.RUNNING, JobRun.started_at < now - HANDOVER
    )
    for run in db.session.scalars(query.with_for_update(skip_locked=True)):
        if run.attempts > len(delays(run.job, run.slot)):
            record_failure(run, "The process that ran it ended before the job did.")
            logger.error("%s %s failed: its process ended every time", run.job, run.slot)
        else:
            run.state, run.queued_at = JobState.QUEUED, now


def _settle(now: datetime) -> None:
    """Writes down each job's next slot, and what became of those that are past."""
    forget_verdicts_ahead(now)
    waiting: dict[str, list[JobRun]] = defaultdict(list)
    runs = select(JobRun).where(WAITING).order_by(JobRun.due_at)
    for run in db.session.scalars(runs.with_for_update(skip_locked=True)):
        if run.job not in SCHEDULE:
            give_up(run, DEPARTED)
        elif run.due_at is not None and run.asked_at is None:
            waiting[run.job].append(run)
    past = select(JobRun.job, func.max(JobRun.due_at)).where(JobRun.due_at <= now)
    newest = dict(db.session.execute(past.group_by(JobRun.job)).tuples().all())
    for name, job in SCHEDULE.items():
        if name in newest:  # before a job's first slot nothing was missed
            settle_past(job, waiting[name], max(newest[name], now - KEPT), now)
        plan_next(job, waiting[name], now)


def _attempts() -> list[Attempt]:
    """What has yet to be run, and from when on."""
    moment = func.coalesce(JobRun.asked_at, JobRun.retry_at, JobRun.due_at, JobRun.queued_at)
    query = select(JobRun.job, JobRun.slot, JobRun.attempts + 1, moment)
    waiting = db.session.execute(query.where(WAITING).order_by(moment))
    return [Attempt(*row) for row in waiting if row.job in SCHEDULE]


def _begins(attempt: Attempt, now: datetime) -> bool:
    """Whether a worker may have taken it a moment ago and be about to begin it."""
    return now - LOST_AFTER <= attempt.moment <= now and was_put_in(attempt)
