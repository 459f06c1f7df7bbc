"""Whose file is read next, and what came of it: one of each ministry at a time, in turn."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import aliased

from obcms.imports.models import ConfirmedReading, ImportUpload, UploadState
from obcms.imports.read_file import Read
from obcms.kernel.errors import Conflict
from obcms.kernel.extensions import db
from obcms.kernel.intake.limits import WALL_SECONDS
from obcms.people.models import User

# A reading that took longer than it can has lost its worker.
LOST_AFTER = timedelta(seconds=WALL_SECONDS + 30)
MAX_ATTEMPTS = 2
LOST = "The reading was interrupted twice. Please choose the file again."
DISABLED = "The user who sent this file is disabled."


def begin_next(now: datetime) -> ImportUpload | None:
    """Gives the caller the file to read: of those who wait, whoever was served longest ago.

    None where nobody waits, or each of them has a file that is being read. Raises IntegrityError
    where another worker took one of the same ministry at this moment.
    """
    _give_up_lost(now)
    upload = db.session.scalars(_waiting().limit(1).with_for_update(skip_locked=True)).first()
    if upload is None:
        return None
    upload.attempts, upload.began_at = upload.attempts + 1, now
    if db.session.get_one(User, upload.user_id).is_active:
        upload.state = UploadState.READING
    else:
        upload.state, upload.problem = UploadState.REFUSED, DISABLED
    db.session.flush()
    return upload


def has_next() -> bool:
    """Whether a file could be read now."""
    return db.session.scalar(_waiting().with_only_columns(ImportUpload.id).limit(1)) is not None


def read_again(upload: ImportUpload, answers: Mapping[str, str]) -> None:
    """Has the file read once more, as the answers say. Raises Conflict while it is being read."""
    again = update(ImportUpload).where(
        ImportUpload.id == upload.id, ImportUpload.state != UploadState.READING
    )
    values = {"state": UploadState.WAITING, "attempts": 0, "parsed": None, "problem": ""}
    if not db.session.execute(
        again.values(**values, answers=dict(answers), remembered_at=None)
    ).rowcount:
        raise Conflict("The file is being read at this moment. Please look at its preview again.")
    db.session.expire(upload)


def note_read(
    upload_id: int,
    attempt: int,
    read: Read | None,
    problem: str,
    confirmed: ConfirmedReading | None = None,
) -> None:
    """Keeps what the attempt found, unless the file was given to another one meanwhile.

    `confirmed` is what the ministry said before, where the file was read by that.
    """
    state = UploadState.REFUSED if read is None else UploadState.READ
    mine = update(ImportUpload).where(
        ImportUpload.id == upload_id,
        ImportUpload.state == UploadState.READING,
        ImportUpload.attempts == attempt,
    )
    values: dict[str, Any] = {"state": state, "problem": problem, "parsed": None}
    if read is not None:
        values |= {"parsed": read.parsed, "cells": read.cells}
    if confirmed is not None:
        values |= {"answers": confirmed.answers, "remembered_at": confirmed.confirmed_at}
    db.session.execute(mine.values(**values))


def is_stranded(upload: ImportUpload, now: datetime) -> bool:
    """Whether it waits, or is read, for longer than a worker lets it."""
    since = upload.began_at if upload.state is UploadState.READING else upload.created_at
    limit = LOST_AFTER if upload.state is UploadState.READING else timedelta(seconds=3)
    return not upload.is_settled and since is not None and now - since > limit


def _waiting() -> Any:
    other, served = aliased(ImportUpload), aliased(ImportUpload)
    busy = select(other.party).where(other.state == UploadState.READING)
    last = select(func.max(served.began_at)).where(served.party == ImportUpload.party)
    last = last.scalar_subquery()
    return (
        select(ImportUpload)
        .where(ImportUpload.state == UploadState.WAITING, ImportUpload.party.not_in(busy))
        .order_by(last.is_not(None), last, ImportUpload.id)
    )


def _give_up_lost(now: datetime) -> None:
    lost = update(ImportUpload).where(
        ImportUpload.state == UploadState.READING, ImportUpload.began_at < now - LOST_AFTER
    )
    again = lost.where(ImportUpload.attempts < MAX_ATTEMPTS)
    db.session.execute(again.values(state=UploadState.WAITING))
    db.session.execute(lost.values(state=UploadState.REFUSED, problem=LOST))
