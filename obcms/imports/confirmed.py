"""What a ministry confirmed about lists with the same headings, for its next one (SPEC 13)."""

import hashlib
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from obcms.imports.models import ConfirmedReading, ImportUpload
from obcms.kernel.db.types import utc_now
from obcms.kernel.extensions import db
from obcms.people.models import User


def headings_digest(parsed: Mapping[str, Any]) -> str:
    """Equal for files whose lists have the same headings in the same columns."""
    headings = [
        (one["column"], one["heading"])
        for each in parsed["lists"]
        for one in each["columns"]
        if one["heading"]
    ]
    return hashlib.sha256(repr(headings).encode()).hexdigest()


def find_confirmed(upload: ImportUpload, parsed: Mapping[str, Any]) -> ConfirmedReading | None:
    """What the ministry confirmed for such a list, or those of none; None for a first one."""
    of = ConfirmedReading.organization_id
    ministry = _ministry(upload)
    return db.session.scalar(
        select(ConfirmedReading).where(
            of.is_(None) if ministry is None else of == ministry,
            ConfirmedReading.import_name == upload.import_name,
            ConfirmedReading.headings == headings_digest(parsed),
        )
    )


def confirm(upload: ImportUpload) -> None:
    """Remembers how the upload was read, once it is imported; the caller commits."""
    if not upload.answers or upload.parsed is None:
        return
    found = find_confirmed(upload, upload.parsed)
    if found is None:
        found = ConfirmedReading(
            organization_id=_ministry(upload),
            import_name=upload.import_name,
            headings=headings_digest(upload.parsed),
        )
        db.session.add(found)
    found.answers, found.confirmed_by_id = upload.answers, upload.user_id
    found.confirmed_at = utc_now()
    db.session.flush()


def _ministry(upload: ImportUpload) -> int | None:
    """Whose list it is: as its form said, else the sender's."""
    return upload.moa_id or db.session.get_one(User, upload.user_id).organization_id
