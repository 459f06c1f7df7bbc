"""Pressing the button on a preview: it imports what that page showed, or nothing."""

import hashlib
from contextlib import suppress
from datetime import datetime

from obcms.imports.apply import Overtaken, Source, apply_import
from obcms.imports.confirmed import confirm
from obcms.imports.declared import Import
from obcms.imports.models import ImportUpload
from obcms.imports.outcome import ImportOutcome
from obcms.imports.screens.forms import ImportForm
from obcms.imports.uploads import drop_upload, find_read, given_with
from obcms.kernel.errors import Conflict, Invalid
from obcms.kernel.extensions import db
from obcms.people.models import User


def digest_of(upload: ImportUpload, outcome: ImportOutcome) -> str:
    """Equal for two previews of the same file, read alike, that would do the same."""
    read = sorted(upload.answers.items())
    return hashlib.sha256(f"{upload.sha256} {read} {outcome.fingerprint()}".encode()).hexdigest()


def apply_upload(
    actor: User, declared: Import, upload_id: int, form: ImportForm
) -> tuple[ImportOutcome, int | None]:
    """What the import did, and its number as a batch. Raises Conflict, Invalid and NotFound."""
    upload = find_read(actor, declared, upload_id)
    if (upload.parsed or {}).get("doubts"):
        raise Invalid("Questions about how the list is read are open, so nothing was imported.")
    try:
        outcome, batch = apply_import(
            declared,
            actor,
            declared.from_json(upload.parsed or {}),
            given_with(upload),
            Source(upload.filename, upload.sha256, upload.party),
            lambda outcome: digest_of(upload, outcome) == form.shown.data,
            bool(form.valid_rows.data),
        )
    except Overtaken as overtaken:
        raise _overtaken(declared, overtaken.outcome, form.shown_at.data) from None
    confirm(upload)
    drop_upload(upload)
    return outcome, batch.id if batch else None


def _overtaken(declared: Import, outcome: ImportOutcome, shown_at: str | None) -> Conflict:
    """What others changed since the preview."""
    db.session.rollback()
    since = _moment(shown_at)
    told = declared.changed_since(outcome.rows, since) if since else []
    said = f" {'; '.join(told)}." if told else ""
    return Conflict(
        f"The {declared.plural} changed since this preview, so nothing was imported.{said} "
        "Please look at the preview again."
    )


def _moment(given: str | None) -> datetime | None:
    """What the page said of its own age; None where that is not a moment."""
    with suppress(ValueError):
        moment = datetime.fromisoformat(given or "")
        return moment if moment.tzinfo else None
    return None
