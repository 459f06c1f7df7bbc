"""Keeping a file between its preview and its import."""

from datetime import datetime
from io import BytesIO

from obcms.imports.models import ImportUpload
from obcms.imports.reading.rows import parse_file
from obcms.kernel.db.keys import LARGEST_KEY
from obcms.kernel.errors import NotFound
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Permission, require
from obcms.people.models import User


def keep_upload(
    actor: User, filename: str, content: bytes, moa_id: int | None, fiscal_year: int | None
) -> ImportUpload:
    """Stores the file after reading it once. Raises Invalid where it cannot be read."""
    require(actor, Permission.PPA_IMPORT)
    parse_file(BytesIO(content), filename)
    upload = ImportUpload(
        user_id=actor.id,
        filename=filename[-255:],
        content=content,
        moa_id=moa_id,
        fiscal_year=fiscal_year,
        preview="",
    )
    db.session.add(upload)
    db.session.flush()
    return upload


def find_upload(actor: User, upload_id: int) -> ImportUpload:
    """The actor's own upload. Raises NotFound, also where it was imported already."""
    upload = db.session.get(ImportUpload, upload_id) if upload_id <= LARGEST_KEY else None
    if upload is None or upload.user_id != actor.id:
        raise NotFound("This upload was imported already, or is not yours.")
    return upload


def note_preview(actor: User, upload_id: int, fingerprint: str, at: datetime) -> bool:
    """Remembers what the preview made at `at` showed; false where it showed the same before."""
    upload = find_upload(actor, upload_id)
    if upload.preview == fingerprint:
        return False
    upload.preview, upload.previewed_at = fingerprint, at
    db.session.flush()
    return True


def drop_upload(actor: User, upload_id: int) -> None:
    """Lets go of the file, as its rows are imported."""
    db.session.delete(find_upload(actor, upload_id))
    db.session.flush()
