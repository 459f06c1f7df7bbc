"""Importing a workbook in the browser: upload, wait for it to be read, preview, import."""

import hashlib
from contextlib import suppress
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask import Flask, flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_login import current_user
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from redis.exceptions import RedisError
from wtforms import HiddenField, IntegerField, SelectField, SubmitField
from wtforms.validators import NumberRange, Optional

from obcms.imports.changed_reading import IGNORED, changed_answers
from obcms.imports.confirmed import confirm
from obcms.imports.models import ImportUpload, UploadState
from obcms.imports.overtaken import changed_ppas
from obcms.imports.ppa_import import Outcome, RowKind, import_ppas
from obcms.imports.reading.as_json import from_json
from obcms.imports.reading.doubts import FIELDS
from obcms.imports.reading.style import UNITS
from obcms.imports.turns import is_stranded, read_again
from obcms.imports.uploads import drop_upload, find_upload, keep_upload
from obcms.imports.waiting import call_a_worker, call_again, progress_of
from obcms.kernel.db.types import utc_now
from obcms.kernel.errors import Conflict, Invalid
from obcms.kernel.extensions import db
from obcms.kernel.formats import peso
from obcms.kernel.intake.amounts import Marks
from obcms.kernel.intake.dates import DateOrder
from obcms.kernel.intake.limits import MAX_BYTES
from obcms.kernel.permissions import CONFINED_ROLES, Permission
from obcms.kernel.screens import add_view
from obcms.kernel.screens.base import ClosedView
from obcms.organizations.models import Organization
from obcms.organizations.options import organization_options

# What a column may be taken for: the field's name here, and as people call it.
ROLES = {
    IGNORED: "not read",
    "amount": "budget",
    **{name: key for key, name in FIELDS.items()},
}
NO_QUEUE = (
    "The file cannot be read now, because the queue of work does not answer. Nothing was kept and "
    "nothing was changed. Please try again in a minute."
)


class UploadForm(FlaskForm):
    """The file, and what its rows may not say themselves."""

    file = FileField("Workbook or CSV file", [FileRequired("Choose a file.")])
    moa = SelectField("Ministry", coerce=lambda value: int(value) if value else None)
    fiscal_year = IntegerField(
        "Fiscal year", [Optional(), NumberRange(2000, 2100, "Enter a year such as 2025.")]
    )
    submit = SubmitField("Show preview")


class ImportForm(FlaskForm):
    """The choice after the preview, and what the preview showed."""

    shown = HiddenField()
    shown_at = HiddenField()
    all_or_nothing = SubmitField("Import all rows")
    valid_rows = SubmitField("Import valid rows only")


class ImportView(ClosedView):
    """The upload, then how far its reading is, then its preview."""

    view_permission = Permission.PPA_IMPORT

    @expose("/", methods=("GET", "POST"))
    def upload(self) -> ResponseReturnValue:
        """The form, and keeping the file that it sends."""
        form = UploadForm()
        options = organization_options()
        confined = current_user.role in CONFINED_ROLES
        form.moa.choices = options if confined else [("", "As each row says"), *options]
        status = 200
        if form.validate_on_submit():
            try:
                return redirect(url_for(".preview", upload_id=_keep(form)))
            except Invalid as error:
                db.session.rollback()
                form.file.errors = [problem.message for problem in error.problems]
            except RedisError:
                form.file.errors, status = [NO_QUEUE], 503
        return self.render("imports/upload.html", form=form), status

    @expose("/<int:upload_id>/", methods=("GET", "POST"))
    def preview(self, upload_id: int) -> ResponseReturnValue:
        """What the import would do, and the import itself; before that, how far the reading is."""
        upload = find_upload(current_user, upload_id)
        form = ImportForm()
        if form.validate_on_submit():
            return _import(upload, form)
        if upload.state is not UploadState.READ:
            said = _progress(upload)
            return self.render("imports/reading.html", upload=upload, said=said)
        form.shown_at.data = utc_now().isoformat()
        outcome = _run(upload)
        form.shown.data = _digest(upload, outcome)
        shown = {"filename": upload.filename, "remembered_at": upload.remembered_at}
        reading = {"upload_id": upload.id, "parsed": upload.parsed, "answers": upload.answers}
        db.session.rollback()
        return self.render(
            "imports/preview.html",
            outcome=outcome,
            form=form,
            kinds=RowKind,
            roles=ROLES,
            units=tuple(UNITS),
            orders=tuple(DateOrder),
            marks=tuple(Marks),
            pesos=lambda amount: peso(Decimal(amount)),
            **shown,
            **reading,
        )

    @expose("/<int:upload_id>/reading", methods=("POST",))
    def reading(self, upload_id: int) -> ResponseReturnValue:
        """Has the list read once more, as was chosen on its preview."""
        upload = find_upload(current_user, upload_id)
        if upload.state is not UploadState.READ:
            raise Conflict("The file is not read yet. Please look at its preview first.")
        chosen = request.form.to_dict()
        answers = changed_answers(upload.answers, upload.parsed or {}, chosen)
        read_again(upload, {} if chosen.get("forget") else answers)
        db.session.commit()
        call_again()
        return redirect(url_for(".preview", upload_id=upload_id))

    @expose("/<int:upload_id>/progress")
    def progress(self, upload_id: int) -> ResponseReturnValue:
        """How far the reading is, for the page that waits."""
        upload = find_upload(current_user, upload_id)
        return jsonify(settled=upload.is_settled, said=_progress(upload))


def _keep(form: UploadForm) -> int:
    """The kept upload's number. Where no worker can be called, nothing is kept: RedisError."""
    given, moa, year = form.file.data, form.moa.data, form.fiscal_year.data
    content = given.read(MAX_BYTES + 1)
    upload_id = keep_upload(current_user, given.filename or "", content, moa, year).id
    db.session.commit()  # before a worker looks for it
    try:
        call_a_worker()
    except RedisError:
        drop_upload(current_user, upload_id)
        db.session.commit()
        raise
    return upload_id


def _progress(upload: ImportUpload) -> str:
    if upload.is_settled:
        return upload.problem
    if is_stranded(upload, utc_now()):
        call_again()
    return progress_of(upload.id)


def _run(upload: ImportUpload) -> Outcome:
    moa = db.session.get(Organization, upload.moa_id) if upload.moa_id else None
    parsed = from_json(upload.parsed or {})
    return import_ppas(current_user, parsed, moa, upload.fiscal_year)


def _digest(upload: ImportUpload, outcome: Outcome) -> str:
    """Equal for two previews of the same file, read alike, that would do the same."""
    read = sorted(upload.answers.items())
    return hashlib.sha256(f"{upload.sha256} {read} {outcome.fingerprint()}".encode()).hexdigest()


def _import(upload: ImportUpload, form: ImportForm) -> Any:
    if upload.state is not UploadState.READ:
        raise Conflict("The file is not read yet. Please look at its preview first.")
    if (upload.parsed or {}).get("doubts"):
        raise Invalid("Questions about how the list is read are open, so nothing was imported.")
    upload_id = upload.id
    outcome = _run(upload)
    if outcome.refused and not form.valid_rows.data:
        raise Invalid("Some rows are refused, so nothing was imported.")
    if _digest(upload, outcome) != form.shown.data:
        raise _overtaken(outcome, form.shown_at.data)
    confirm(upload)
    drop_upload(current_user, upload_id)
    db.session.commit()
    flash(
        f"Imported: {outcome.count(RowKind.NEW)} new, {outcome.count(RowKind.CHANGED)} changed, "
        f"{outcome.count(RowKind.UNCHANGED)} unchanged, {len(outcome.refused)} refused.",
        "success",
    )
    return redirect(url_for("ppa.index_view"))


def _overtaken(outcome: Outcome, shown_at: str | None) -> Conflict:
    """What others changed since the preview; the import's own writes are rolled back first."""
    codes = [row.code for row in outcome.rows]
    db.session.rollback()
    since = _moment(shown_at)
    told = changed_ppas(codes, since) if since else []
    said = f" {'; '.join(told)}." if told else ""
    return Conflict(
        f"The PPAs changed since this preview, so nothing was imported.{said} "
        "Please look at the preview again."
    )


def _moment(given: str | None) -> datetime | None:
    """What the page said of its own age; None where that is not a moment."""
    with suppress(ValueError):
        moment = datetime.fromisoformat(given or "")
        return moment if moment.tzinfo else None
    return None


def init_app(app: Flask) -> None:
    """Adds the screens."""
    add_view(app, ImportView(name="Import", endpoint="import_page", url="/admin/import"), 50)
