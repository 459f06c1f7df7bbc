"""Writes down each job's slots: the next, and what became of those that nobody ran (SPEC 10)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from obcms.kernel.db.types import utc_now
from obcms.kernel.extensions import db
from obcms.kernel.jobs.models import JobRun, JobState
from obcms.kernel.jobs.schedule import ScheduledJob, slot_moment, slot_name

CATCH_UP = timedelta(hours=24)
NO_SCHEDULER = "the scheduler was not running"
NO_WORKER = "no worker took it in time"
DEPARTED = "the job is no longer in the schedule"


def record_slot(name: str, slot: str) -> bool:
    """Makes the slot's row, unless it is there; whether it was not."""
    insert = sqlite.insert if db.engine.dialect.name == "sqlite" else postgresql.insert
    values = {"due_at": slot_moment(slot), "state": JobState.QUEUED, "queued_at": utc_now()}
    statement = insert(JobRun).values(job=name, slot=slot, **values)
    return bool(db.session.execute(statement.on_conflict_do_nothing()).rowcount)


def forget_verdicts_ahead(now: datetime) -> None:
    """What was skipped and is yet to come was skipped by a clock set ahead; that does not count."""
    ahead = delete(JobRun).where(JobRun.state == JobState.SKIPPED, JobRun.due_at > now)
    db.session.execute(ahead)


def plan_next(job: ScheduledJob, waiting: Sequence[JobRun], now: datetime) -> None:
    """Records the slot that is due next, and takes back those of another schedule or clock."""
    due = job.next_after(now)
    for run in waiting:
        if run.due_at > now and run.due_at != due and run.attempts == 0:
            db.session.delete(run)
    if due not in [run.due_at for run in waiting]:
        record_slot(job.name, slot_name(due))


def settle_past(
    job: ScheduledJob, waiting: Sequence[JobRun], newest: datetime, now: datetime
) -> None:
    """Leaves the latest of the slots that are due to run, and lets those before it go.

    `waiting` are the rows that wait for a worker, in the order of their slots; after `newest` no
    slot was recorded. Running a job many times in a row mends no more than running it once.
    """
    missed = job.due_between(newest, now)
    latest = missed[-1] if missed else newest
    kept = latest if now - latest <= CATCH_UP else None
    past = [run for run in waiting if run.due_at <= now]
    gaps = _gaps(job, past[0].due_at, newest) if past and past[0].due_at < newest else []
    _let_go(job, [run for run in past if run.due_at != kept])
    for due in gaps:
        _skip(job, [due], NO_SCHEDULER)
    _skip(job, [due for due in missed if due != kept], NO_SCHEDULER)
    if missed and kept:
        record_slot(job.name, slot_name(kept))


def _gaps(job: ScheduledJob, waiting: datetime, newest: datetime) -> list[datetime]:
    """Slots without a row between one that waits and a newer one, which ran by a clock set ahead.

    That clock was set back, and nobody looked when the slots between came for the second time.
    """
    later = select(JobRun.due_at).where(JobRun.job == job.name, JobRun.due_at > waiting)
    recorded = set(db.session.scalars(later))
    return [due for due in job.due_between(waiting, newest) if due not in recorded]


def _let_go(job: ScheduledJob, runs: Sequence[JobRun]) -> None:
    never_begun = [run for run in runs if run.attempts == 0]
    for run in runs:
        if run.attempts == 0:
            db.session.delete(run)
        else:
            give_up(run, NO_WORKER)
    db.session.flush()  # before a stretch takes the place of the first
    _skip(job, [run.due_at for run in never_begun if run.due_at], NO_WORKER)


def give_up(run: JobRun, reason: str) -> None:
    """A failed run stays as it is and is not tried again; any other counts as skipped."""
    if run.state is JobState.FAILED:
        run.retry_at = None
    else:
        run.state, run.reason = JobState.SKIPPED, reason


def _skip(job: ScheduledJob, moments: Sequence[datetime], reason: str) -> None:
    """A row for each slot; of a job that is due oftener than hourly, one for the whole stretch."""
    if job.is_frequent and moments:
        _skip_stretch(job, moments, reason)
    elif moments:
        db.session.add_all(_skipped(job, due, reason) for due in moments)


def _skip_stretch(job: ScheduledJob, moments: Sequence[datetime], reason: str) -> None:
    """Lengthens the stretch that ends just before, or begins one."""
    before = select(JobRun).where(JobRun.job == job.name, JobRun.due_at < moments[0])
    last = db.session.scalars(before.order_by(JobRun.due_at.desc()).limit(1)).first()
    is_next = last is not None and job.next_after(last.due_at) == moments[0]
    if not is_next or last.state is not JobState.SKIPPED or last.reason != reason:
        last = _skipped(job, moments[0], reason)
        last.slots = 0
        db.session.add(last)
    last.slots += len(moments)
    last.due_at = moments[-1]


def _skipped(job: ScheduledJob, due: datetime, reason: str) -> JobRun:
    state = JobState.SKIPPED
    return JobRun(job=job.name, slot=slot_name(due), due_at=due, state=state, reason=reason)
