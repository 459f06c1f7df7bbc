"""Keeping a file between its upload and its import."""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select

from obcms.imports.declared import Import, ImportDefaults
from obcms.imports.models import ImportUpload, UploadState
from obcms.kernel.db.keys import LARGEST_KEY
from obcms.kernel.errors import Conflict, Invalid, NotFound
from obcms.kernel.extensions import db
from obcms.kernel.intake.reader import check_size, refuse_empty
from obcms.kernel.permissions import Actor, require
from obcms.kernel.rules.file_names import file_name
from obcms.people.models import User

# Somebody who uploads again and again must not fill the database.
MAX_WAITING = 5
KEPT_FOR = timedelta(days=1)


def keep_upload(
    actor: User, declared: Import, filename: str, content: bytes, given: ImportDefaults
) -> ImportUpload:
    """Stores the file, to be read by a worker; nothing of it is read here.

    Raises Invalid for one that is empty or too large, and while many others wait.
    """
    require(actor, declared.permission)
    check_size(content)
    refuse_empty(content)
    party = party_of(actor)
    waiting = select(func.count(ImportUpload.id)).where(
        ImportUpload.party == party, ImportUpload.state == UploadState.WAITING
    )
    if db.session.scalar(waiting) >= MAX_WAITING:
        raise Invalid(
            f"{MAX_WAITING} files of yours wait to be read already. Wait for one of them.", "file"
        )
    upload = ImportUpload(
        user_id=actor.id,
        party=party,
        import_name=declared.name,
        options=dict(given.options),
        filename=file_name(filename) or "file",
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        moa_id=given.organization_id,
        fiscal_year=given.fiscal_year,
    )
    db.session.add(upload)
    db.session.flush()
    return upload


def given_with(upload: ImportUpload) -> ImportDefaults:
    """What was given with the file."""
    return ImportDefaults(upload.moa_id, upload.fiscal_year, upload.options)


def party_of(actor: Actor) -> str:
    """Whose files are read one after the other, and who may undo their imports."""
    if actor.organization_id is not None:
        return f"ministry {actor.organization_id}"
    return f"user {getattr(actor, 'id', None)}"


def find_upload(actor: User, declared: Import, upload_id: int) -> ImportUpload:
    """The actor's own upload for this import. Raises NotFound, also where it was imported."""
    upload = db.session.get(ImportUpload, upload_id) if upload_id <= LARGEST_KEY else None
    if upload is None or (upload.user_id, upload.import_name) != (actor.id, declared.name):
        raise NotFound("This upload was imported or deleted already, or is not yours.")
    return upload


def find_read(actor: User, declared: Import, upload_id: int) -> ImportUpload:
    """The same, once it is read. Raises NotFound, and Conflict before that."""
    upload = find_upload(actor, declared, upload_id)
    if upload.state is not UploadState.READ:
        raise Conflict("The file is not read yet. Please look at its preview first.")
    return upload


def drop_upload(upload: ImportUpload) -> None:
    """Lets go of the file, as its rows are imported or nobody can read it."""
    db.session.delete(upload)
    db.session.flush()


def expire_uploads(now: datetime) -> int:
    """Deletes what nobody imported within a day; returns how many. What is being read is kept."""
    old = delete(ImportUpload).where(
        ImportUpload.created_at < now - KEPT_FOR, ImportUpload.state != UploadState.READING
    )
    return db.session.execute(old).rowcount
