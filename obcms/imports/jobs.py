"""Reading what was uploaded, and letting go of what nobody imported."""

import logging
from functools import partial
from typing import Any

from sqlalchemy.exc import IntegrityError

from obcms.imports.confirmed import find_confirmed
from obcms.imports.declared import IMPORTS
from obcms.imports.models import ImportUpload
from obcms.imports.read_file import read_file
from obcms.imports.turns import begin_next, has_next, note_read
from obcms.imports.uploads import expire_uploads
from obcms.imports.waiting import call_again, note_progress
from obcms.kernel.db.types import utc_now
from obcms.kernel.errors import Invalid
from obcms.kernel.extensions import db
from obcms.kernel.jobs.schedule import ScheduledJob, add_jobs

logger = logging.getLogger(__name__)


def read_waiting() -> None:
    """What a worker does for somebody who waits: reads one file, in a limited process of its own.

    The worker's own process has the database and the keys, and opens nothing of the file.
    """
    try:
        upload = begin_next(utc_now())
        db.session.commit()
    except IntegrityError:  # another worker was first; it calls for the next
        db.session.rollback()
        return
    if upload is None:
        return
    if not upload.is_settled:
        _read(upload)
    if has_next():
        call_again()
    db.session.rollback()


def _read(upload: ImportUpload) -> None:
    upload_id, attempt = upload.id, upload.attempts
    answers, cells = upload.answers, upload.cells
    read = partial(
        read_file,
        IMPORTS[upload.import_name],
        b"" if cells else upload.content,
        upload.filename,
        upload.fiscal_year,
        report=partial(note_progress, upload_id),
    )
    db.session.expunge(upload)
    db.session.rollback()  # no connection is held while it reads
    found, problem, confirmed = None, "", None
    try:
        found = read(answers, cells=cells)
        confirmed = None if answers else find_confirmed(upload, found.parsed)
        if confirmed is not None:
            found = read(confirmed.answers, cells=found.cells)
    except Invalid as error:
        problem = str(error)
    note_read(upload_id, attempt, found, problem, confirmed)
    db.session.commit()
    logger.info("Upload %s: %s", upload_id, problem or "read")


def expire() -> dict[str, Any]:
    """Deletes uploads that nobody imported within a day."""
    return {"deleted": expire_uploads(utc_now())}


add_jobs(
    ScheduledJob(
        "expire_uploads",
        "35 * * * *",
        expire,
        title="Delete forgotten uploads",
        does="Deletes uploaded files that nobody imported within a day.",
    )
)
