"""The checks of the audit trail: what the trail must hold, and how the last check went."""

from collections.abc import Callable

from sqlalchemy import select

from obcms.kernel.audit.verify import SealedUpTo, Verdict, verify
from obcms.kernel.db.connections import reading
from obcms.kernel.extensions import db
from obcms.kernel.jobs.models import JobRun, JobState

SEALING_JOB, CHECKING_JOB = "seal_audit", "verify_audit"


def check_trail(
    noted_head: str | None = None,
    latest: int | None = None,
    is_archived: Callable[[str], bool] = lambda _hash: False,
) -> Verdict:
    """Recomputes the chain, or its `latest` links, and compares it with what sealing recorded.

    `noted_head` is a hash that must occur in it, or else in an archive, as `is_archived` tells.
    Reads on connections of its own and holds up no writer.
    """
    return verify(db.engine, noted_head, latest, _recorded(), is_archived)


def _recorded() -> SealedUpTo | None:
    """The head that was reported last: kept in `job_run`, apart from the trail.

    Sealing leaves no row where it had nothing to do, and rows go after a year, so checks count too.
    """
    query = (
        select(JobRun.result)
        .where(JobRun.job.in_((SEALING_JOB, CHECKING_JOB)), JobRun.state == JobState.SUCCEEDED)
        .order_by(JobRun.finished_at.desc(), JobRun.id.desc())
        .limit(1)
    )
    with reading(), db.engine.connect() as connection:
        result = connection.scalar(query)
    return SealedUpTo(result["position"], result["head"]) if result and result["position"] else None


def last_check() -> JobRun | None:
    """The last run of the nightly check that came to an end."""
    ended = (JobState.SUCCEEDED, JobState.FAILED)
    checks = select(JobRun).where(JobRun.job == CHECKING_JOB, JobRun.state.in_(ended))
    return db.session.scalars(checks.order_by(JobRun.finished_at.desc()).limit(1)).first()
