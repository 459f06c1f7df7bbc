"""Keeping what was sent, and telling how far its reading is."""

from redis.exceptions import RedisError

from obcms.imports.declared import Import, ImportDefaults
from obcms.imports.models import ImportUpload
from obcms.imports.screens.forms import UploadForm
from obcms.imports.turns import is_stranded
from obcms.imports.uploads import drop_upload, find_upload, keep_upload
from obcms.imports.waiting import call_a_worker, call_again, progress_of
from obcms.kernel.db.types import utc_now
from obcms.kernel.extensions import db
from obcms.kernel.intake.limits import MAX_BYTES
from obcms.people.models import User

OF_EVERY_IMPORT = {"moa", "fiscal_year"}


def keep_and_call(actor: User, declared: Import, form: UploadForm) -> int:
    """The kept upload's number. Where no worker can be called, nothing is kept: RedisError."""
    sent = form.file.data
    content = sent.read(MAX_BYTES + 1)
    upload_id = keep_upload(actor, declared, sent.filename or "", content, _given(form)).id
    db.session.commit()  # before a worker looks for it
    try:
        call_a_worker()
    except RedisError:
        drop_upload(find_upload(actor, declared, upload_id))
        db.session.commit()
        raise
    return upload_id


def _given(form: UploadForm) -> ImportDefaults:
    data = form.data
    options = {
        field.name: str(field.data)
        for field in form.for_all_rows()
        if field.name not in OF_EVERY_IMPORT and field.data not in (None, "")
    }
    return ImportDefaults(data.get("moa"), data.get("fiscal_year"), options)


def progress(upload: ImportUpload) -> str:
    """How far it is, or why it could not be read; calls a worker again where that was lost."""
    if upload.is_settled:
        return upload.problem
    if is_stranded(upload, utc_now()):
        call_again()
    return progress_of(upload.id)
