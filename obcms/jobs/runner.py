"""Runs a job once for a slot, however often the slot was queued (SPEC 10).

The claim is a lock on the run's row, held in the transaction in which the job writes. When the
worker dies, the database lets go of the lock and of everything half done, and the slot can be taken
up again; when the job is done, its writes and «succeeded» become visible in one commit.
"""

import logging
from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError, OperationalError

from obcms.audit.context import Origin, acting
from obcms.extensions import db
from obcms.jobs.schedule import BACKOFF, SCHEDULE
from obcms.models import JobRun, JobState
from obcms.models.types import utc_now
from obcms.services.integrity import is_lost_race

logger = logging.getLogger(__name__)


class JobFailed(RuntimeError):
    """The job raised; the run's row holds the error and when it is tried again."""


def record_slot(name: str, slot: str) -> bool:
    """Makes the slot's row; false where it is there already."""
    try:
        db.session.execute(
            insert(JobRun).values(job=name, slot=slot, state=JobState.QUEUED, queued_at=utc_now())
        )
        db.session.commit()
    except IntegrityError:
        db.session.rollback()
        return False
    return True


def run_slot(name: str, slot: str) -> Mapping[str, Any] | None:
    """Runs the job for the slot; None where another worker has it, or has done it.

    Raises JobFailed after the failure was recorded.
    """
    run_id = _begin(name, slot)
    if run_id is None:
        return None
    try:
        with acting(Origin(None, f"job: {name}", request_id=f"{name}-{slot}"[:64])):
            run = _claim(run_id)
            if run is None:
                return None
            result = SCHEDULE[name].run()
            run.state, run.result, run.finished_at = JobState.SUCCEEDED, dict(result), utc_now()
            run.error = run.retry_at = None
            db.session.commit()
            return result
    except Exception as error:
        db.session.rollback()
        if isinstance(error, OperationalError) and is_lost_race(error):
            logger.info("%s %s is being run by another worker", name, slot)
            return None
        _fail(run_id, error)
        raise JobFailed(f"{name} failed: {error}") from error


def _begin(name: str, slot: str) -> int | None:
    """Counts the attempt before it begins, so that even a killed worker leaves a trace of it."""
    record_slot(name, slot)
    query = select(JobRun).where(JobRun.job == name, JobRun.slot == slot)
    run = db.session.scalars(query.with_for_update(skip_locked=True)).one_or_none()
    if run is None or run.state is JobState.SUCCEEDED:
        db.session.rollback()
        return None
    run.state, run.attempts, run.started_at = JobState.RUNNING, run.attempts + 1, utc_now()
    db.session.commit()
    return run.id


def _claim(run_id: int) -> JobRun | None:
    query = select(JobRun).where(JobRun.id == run_id, JobRun.state != JobState.SUCCEEDED)
    claimed = db.session.scalars(
        query.with_for_update(skip_locked=True).execution_options(populate_existing=True)
    ).one_or_none()
    if claimed is None:
        db.session.rollback()
    return claimed


def _fail(run_id: int, error: Exception) -> None:
    run = db.session.get_one(JobRun, run_id, with_for_update=True)
    run.state, run.finished_at = JobState.FAILED, utc_now()
    run.error = f"{type(error).__name__}: {error}"[:4000]
    final = run.attempts > len(BACKOFF)
    run.retry_at = None if final else utc_now() + BACKOFF[run.attempts - 1]
    db.session.commit()
    logger.error("%s %s failed (attempt %s)", run.job, run.slot, run.attempts, exc_info=error)
