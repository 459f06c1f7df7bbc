"""Reads `job_run`, and nothing else, and names each slot that is missing, double or undecided."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import select

from obcms.kernel.extensions import db
from obcms.kernel.jobs.models import JobRun, JobState
from obcms.kernel.jobs.schedule import SCHEDULE, ScheduledJob


def faults(begin: datetime, end: datetime, names: Sequence[str]) -> list[str]:
    """What is wrong with the slots after `begin` and up to `end`."""
    query = select(JobRun).where(JobRun.due_at.is_not(None)).order_by(JobRun.due_at)
    runs = list(db.session.scalars(query))
    db.session.rollback()
    return [
        fault
        for name in names
        for fault in _of_job(SCHEDULE[name], [run for run in runs if run.job == name], begin, end)
    ]


def _of_job(
    job: ScheduledJob, runs: Sequence[JobRun], begin: datetime, end: datetime
) -> Iterator[str]:
    found: dict[datetime, int] = {}
    for run in runs:
        for due in _slots(job, run):
            found[due] = found.get(due, 0) + 1
        if run.due_at <= end:
            yield from _of_run(run)
    expected = job.due_between(begin, end)
    yield from (f"{job.name} {due:%d %H:%M}: no row" for due in expected if due not in found)
    yield from (f"{job.name} {due:%d %H:%M}: {n} rows" for due, n in found.items() if n > 1)
    known = set(expected)
    strays = [due for due in found if begin < due <= end and due not in known]
    yield from (f"{job.name} {due:%d %H:%M}: is no slot" for due in strays)


def _slots(job: ScheduledJob, run: JobRun) -> list[datetime]:
    """The slots that a row stands for."""
    found = [run.due_at]
    if run.slots > 1:
        first = datetime.strptime(run.slot + "+0000", "%Y%m%dT%H%MZ%z")
        found = [first, *job.due_between(first, run.due_at)]
        if len(found) != run.slots:
            found += [run.due_at]  # a wrong count shows as a double
    return found


def _of_run(run: JobRun) -> Iterator[str]:
    told = f"{run.job} {run.slot}"
    match run.state:
        case JobState.QUEUED | JobState.RUNNING:
            yield f"{told}: is {run.state}"
        case JobState.SKIPPED if not run.reason:
            yield f"{told}: skipped, nobody knows why"
        case JobState.FAILED if not run.error:
            yield f"{told}: failed, nobody knows why"
        case JobState.SUCCEEDED if run.attempts < 1 or run.result is None:
            yield f"{told}: succeeded without a run"
