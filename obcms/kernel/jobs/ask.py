"""What people ask for: a run now, and another attempt of one that failed."""

from datetime import datetime

from sqlalchemy import select

from obcms.kernel.audit.origin import current_origin
from obcms.kernel.db.types import utc_now
from obcms.kernel.errors import Conflict, Invalid, NotFound
from obcms.kernel.extensions import db
from obcms.kernel.jobs.models import JobRun, JobState
from obcms.kernel.jobs.queue import Attempt
from obcms.kernel.jobs.schedule import SCHEDULE, manual_slot
from obcms.kernel.jobs.slots import record_slot
from obcms.kernel.permissions import Actor, Permission, require

NEVER_FAILED = "This run has not failed, so there is nothing to try again."
TRIED_SINCE = "Somebody has had it tried again already."


def run_now(actor: Actor, name: str, asked: datetime) -> Attempt | None:
    """Records a run by hand; None where it was recorded already for this moment of asking.

    The moment comes with the button, so that pressing it twice asks once. Raises NotFound for a
    job that is not in the schedule.
    """
    require(actor, Permission.JOB_RUN)
    if name not in SCHEDULE:
        raise NotFound("There is no such job.")
    slot = manual_slot(asked)
    if not record_slot(name, slot):
        return None
    run = db.session.scalars(select(JobRun).where(JobRun.job == name, JobRun.slot == slot)).one()
    run.asked_by, run.asked_at = current_origin().actor_name, utc_now()
    db.session.flush()
    return Attempt(name, slot, 1, run.asked_at)


def retry(actor: Actor, run_id: int, attempts: int) -> Attempt:
    """Lets a failed run's slot be run again at once.

    `attempts` is how often it had been tried when the page was shown: whoever presses the button
    twice asks once. Raises NotFound, Invalid for a run that did not fail, and Conflict.
    """
    require(actor, Permission.JOB_RUN)
    query = select(JobRun).where(JobRun.id == run_id).with_for_update()
    run = db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if run is None or run.job not in SCHEDULE:
        raise NotFound("There is no such run.")
    if run.attempts > attempts or run.asked_at is not None:
        raise Conflict(TRIED_SINCE)
    if run.state is not JobState.FAILED:
        raise Invalid(NEVER_FAILED)
    run.state, run.retry_at = JobState.QUEUED, None
    run.asked_by, run.asked_at = current_origin().actor_name, utc_now()
    run.queued_at = run.asked_at
    db.session.flush()
    return Attempt(run.job, run.slot, run.attempts + 1, run.asked_at)
