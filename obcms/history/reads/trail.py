"""The checks of the audit trail: what the trail must hold, and how the last check went."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from flask import current_app
from sqlalchemy import select

from obcms.kernel.audit.archive import (
    FOLDER,
    ArchiveBroken,
    archived_entries,
    check_archives,
    holds,
)
from obcms.kernel.audit.archives import read_archives
from obcms.kernel.audit.noted import NotesUnreadable, read_noted
from obcms.kernel.audit.replay import Replayed, entries_in_order
from obcms.kernel.audit.rows import differences
from obcms.kernel.audit.verify import RowDifference, Verdict, one_snapshot, verify
from obcms.kernel.extensions import db
from obcms.kernel.jobs.models import JobRun, JobState

SEALING_JOB, CHECKING_JOB = "seal_audit", "verify_audit"


def trail_folder() -> Path:
    """Where archives are, and what was noted of the chain's heads."""
    return Path(current_app.instance_path) / FOLDER


def check_trail(
    head: str | None = None,
    latest: int | None = None,
    archives: bool = False,
    rows: bool = False,
) -> Verdict:
    """Recomputes the chain, or its `latest` links, and compares it with the heads noted earlier.

    `head` is a hash that must occur in it, or else in an archive. With `archives` their files are
    read too; with `rows` every live row is compared with what the trail says it holds. Reads on
    connections of its own and holds up no writer.
    """
    folder = trail_folder()
    with one_snapshot(db.engine) as connection:
        records = read_archives(connection)

    def is_archived(hash_: str) -> bool:
        return any(holds(folder, record, hash_) for record in records)

    try:
        noted, problem = tuple(read_noted(folder).values()), None
    except NotesUnreadable as error:
        noted, problem = (), str(error)
    verdict = verify(db.engine, head, latest, noted, is_archived)
    differing: tuple[RowDifference, ...] = ()
    try:
        if archives:
            check_archives(folder, records)
        if rows:
            differing = tuple(_differing_rows(folder))
    except ArchiveBroken as error:
        problem = problem or str(error)
    return replace(verdict, problem=verdict.problem or problem, rows=differing)


def _differing_rows(folder: Path) -> Iterator[RowDifference]:
    with one_snapshot(db.engine) as connection:
        archived = archived_entries(folder, read_archives(connection))
        replayed = Replayed(entries_in_order(connection, archived))
        for found in differences(connection, replayed):
            yield RowDifference(found.table.name, found.row_key, str(found))


def last_check() -> JobRun | None:
    """The last run of the nightly check that came to an end."""
    ended = (JobState.SUCCEEDED, JobState.FAILED)
    checks = select(JobRun).where(JobRun.job == CHECKING_JOB, JobRun.state.in_(ended))
    return db.session.scalars(
        checks.order_by(JobRun.finished_at.desc(), JobRun.id.desc()).limit(1)
    ).first()
