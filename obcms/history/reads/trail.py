"""The checks of the audit trail: what the trail must hold, and how the last check went."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import Row, select

from obcms.kernel.audit.archive import FOLDER, ArchiveBroken, check_archives, holds
from obcms.kernel.audit.models import ARCHIVES
from obcms.kernel.audit.noted import NotesUnreadable, read_noted
from obcms.kernel.audit.verify import Verdict, verify
from obcms.kernel.db.connections import reading
from obcms.kernel.extensions import db
from obcms.kernel.jobs.models import JobRun, JobState

SEALING_JOB, CHECKING_JOB = "seal_audit", "verify_audit"


def trail_folder() -> Path:
    """Where archives are, and what was noted of the chain's heads."""
    return Path(current_app.instance_path) / FOLDER


def check_trail(
    head: str | None = None, latest: int | None = None, archives: bool = False
) -> Verdict:
    """Recomputes the chain, or its `latest` links, and compares it with the heads noted earlier.

    `head` is a hash that must occur in it, or else in an archive. With `archives` their files are
    read too. Reads on connections of its own and holds up no writer.
    """
    folder, records = trail_folder(), _archives()

    def is_archived(hash_: str) -> bool:
        return any(holds(folder, record, hash_) for record in records)

    try:
        noted, problem = tuple(read_noted(folder).values()), None
    except NotesUnreadable as error:
        noted, problem = (), str(error)
    verdict = verify(db.engine, head, latest, noted, is_archived)
    if archives:
        problem = problem or _bad_archive(folder, records)
    return verdict if verdict.problem else replace(verdict, problem=problem)


def _archives() -> Sequence[Row[Any]]:
    """What was archived, the oldest first."""
    with reading(), db.engine.connect() as connection:
        return connection.execute(select(ARCHIVES).order_by(ARCHIVES.c.id)).all()


def _bad_archive(folder: Path, records: Sequence[Row[Any]]) -> str | None:
    try:
        check_archives(folder, records)
    except ArchiveBroken as error:
        return str(error)
    return None


def last_check() -> JobRun | None:
    """The last run of the nightly check that came to an end."""
    ended = (JobState.SUCCEEDED, JobState.FAILED)
    checks = select(JobRun).where(JobRun.job == CHECKING_JOB, JobRun.state.in_(ended))
    return db.session.scalars(checks.order_by(JobRun.finished_at.desc()).limit(1)).first()
