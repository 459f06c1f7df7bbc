"""Runs a job once for a slot, however often the slot was queued (SPEC 10).

The claim is a lock on the run's row, held in the transaction in which the job writes. When the
worker dies, the database lets go of the lock and of everything half done, and the slot can be taken
up again; when the job is done, its writes and «succeeded» become visible in one commit. On SQLite,
which has one writer, the transaction itself is the lock.
"""

import logging
import secrets
from collections.abc import Mapping
from typing import Any

from sqlalchemy.exc import OperationalError

from obcms.kernel.audit.origin import Origin, acting
from obcms.kernel.db.constraints import is_lost_race
from obcms.kernel.db.types import utc_now
from obcms.kernel.extensions import db
from obcms.kernel.jobs.claim import begin, claim
from obcms.kernel.jobs.lines import LogLines, kept_lines
from obcms.kernel.jobs.models import JobRun, JobState
from obcms.kernel.jobs.schedule import SCHEDULE, ScheduledJob, delays
from obcms.kernel.jobs.slots import record_slot
from obcms.kernel.jobs.words import error_in_words

logger = logging.getLogger(__name__)


class JobFailed(RuntimeError):
    """The job raised; the run's row holds the error and when it is tried again."""


def run_slot(name: str, slot: str) -> Mapping[str, Any] | None:
    """Runs the job for the slot; None where another worker has it, has done it, or it is not due.

    Raises JobFailed after the failure was recorded.
    """
    record_slot(name, slot)
    return _run_recorded(name, slot)


def _run_recorded(name: str, slot: str) -> Mapping[str, Any] | None:
    attempt = begin(name, slot)
    if attempt is None:
        return None
    with kept_lines() as lines:
        try:
            with acting(Origin(None, f"job: {name}", request_id=f"{name}-{slot}"[:64])):
                return _run(name, slot, attempt, lines)
        except Exception as error:
            db.session.rollback()
            _fail(name, slot, attempt, error, lines)
            raise JobFailed(f"{name} failed: {error_in_words(error)}") from error


def run_queued(name: str, slot: str) -> None:
    """What a worker calls; a slot without a row was settled and is not run.

    A failure is in the run's row already, so the queue need not know.
    """
    try:
        _run_recorded(name, slot)
    except JobFailed:
        return
    except OperationalError as error:
        if not is_lost_race(error):
            raise
        logger.warning("%s %s: the database is busy; the slot is queued again later", name, slot)


def _run(name: str, slot: str, attempt: int, lines: LogLines) -> Mapping[str, Any] | None:
    run = claim(name, slot, attempt)
    if run is None:
        db.session.rollback()
        return None
    job = SCHEDULE[name]
    logger.info("Attempt %s begins", attempt)
    result = job.run()
    errors = len(result.get("errors") or ())
    if run.due_at is not None and attempt == 1 and not errors and _left_no_trace(job, result):
        db.session.delete(run)
    else:
        run.state, run.result, run.finished_at = JobState.SUCCEEDED, dict(result), utc_now()
        run.error, run.error_count, run.reference, run.log = None, errors, "", lines.text()
    db.session.commit()
    return result


def _left_no_trace(job: ScheduledJob, result: Mapping[str, Any]) -> bool:
    return job.is_frequent and job.is_idle(result)


def _fail(name: str, slot: str, attempt: int, error: Exception, lines: LogLines) -> None:
    reference = secrets.token_hex(8)
    logger.error("[%s] %s %s failed (attempt %s)", reference, name, slot, attempt, exc_info=error)
    run = claim(name, slot, attempt)
    if run is None:
        db.session.rollback()
        return
    record_failure(run, error_in_words(error))
    run.reference, run.log = reference, lines.text()
    db.session.commit()


def record_failure(run: JobRun, why: str) -> None:
    """Marks the run failed, and due again where its job's delays allow it before the next slot."""
    now, waits = utc_now(), delays(run.job, run.slot)
    run.state, run.finished_at, run.error, run.retry_at = JobState.FAILED, now, why[:4000], None
    if 0 < run.attempts <= len(waits):
        again = now + waits[run.attempts - 1]
        run.retry_at = again if again < SCHEDULE[run.job].next_after(now) else None
