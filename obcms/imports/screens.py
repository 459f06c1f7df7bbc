"""Importing a workbook in the browser: upload, look at the preview, then import."""

from datetime import datetime
from io import BytesIO
from typing import Any

from flask import Flask, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_login import current_user
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import IntegerField, SelectField, SubmitField
from wtforms.validators import NumberRange, Optional

from obcms.imports.models import ImportUpload
from obcms.imports.overtaken import changed_ppas
from obcms.imports.ppa_import import Outcome, RowKind, import_ppas
from obcms.imports.reading.rows import parse_file
from obcms.imports.uploads import drop_upload, find_upload, keep_upload, note_preview
from obcms.kernel.db.types import utc_now
from obcms.kernel.errors import Conflict, Invalid
from obcms.kernel.extensions import db
from obcms.kernel.permissions import CONFINED_ROLES, Permission
from obcms.kernel.screens import add_view
from obcms.kernel.screens.base import ClosedView
from obcms.organizations.models import Organization
from obcms.organizations.options import organization_options


class UploadForm(FlaskForm):
    """The file, and what its rows may not say themselves."""

    file = FileField("Workbook or CSV file", [FileRequired("Choose a file.")])
    moa = SelectField("Ministry", coerce=lambda value: int(value) if value else None)
    fiscal_year = IntegerField(
        "Fiscal year", [Optional(), NumberRange(2000, 2100, "Enter a year such as 2025.")]
    )
    submit = SubmitField("Show preview")


class ImportForm(FlaskForm):
    """The choice after the preview."""

    all_or_nothing = SubmitField("Import all rows")
    valid_rows = SubmitField("Import valid rows only")


class ImportView(ClosedView):
    """Two pages: the upload, and its preview."""

    view_permission = Permission.PPA_IMPORT

    @expose("/", methods=("GET", "POST"))
    def upload(self) -> ResponseReturnValue:
        """The form, and keeping the file that it sends."""
        form = UploadForm()
        options = organization_options()
        confined = current_user.role in CONFINED_ROLES
        form.moa.choices = options if confined else [("", "As each row says"), *options]
        if form.validate_on_submit():
            given, moa, year = form.file.data, form.moa.data, form.fiscal_year.data
            try:
                kept = keep_upload(current_user, given.filename or "file", given.read(), moa, year)
                db.session.commit()
                return redirect(url_for(".preview", upload_id=kept.id))
            except Invalid as error:
                db.session.rollback()
                form.file.errors = [problem.message for problem in error.problems]
        return self.render("imports/upload.html", form=form)

    @expose("/<int:upload_id>/", methods=("GET", "POST"))
    def preview(self, upload_id: int) -> ResponseReturnValue:
        """What the import would do, and the import itself."""
        upload = find_upload(current_user, upload_id)
        form = ImportForm()
        if form.validate_on_submit():
            return _import(upload, valid_rows_only=bool(form.valid_rows.data))
        previewed_at = utc_now()
        outcome = _run(upload)
        filename = upload.filename
        db.session.rollback()
        if note_preview(current_user, upload_id, outcome.fingerprint(), previewed_at):
            db.session.commit()
        return self.render(
            "imports/preview.html", outcome=outcome, form=form, filename=filename, kinds=RowKind
        )


def _run(upload: ImportUpload) -> Outcome:
    moa = db.session.get(Organization, upload.moa_id) if upload.moa_id else None
    parsed = parse_file(BytesIO(upload.content), upload.filename)
    return import_ppas(current_user, parsed, moa, upload.fiscal_year)


def _import(upload: ImportUpload, valid_rows_only: bool) -> Any:
    upload_id, promised, previewed_at = upload.id, upload.preview, upload.previewed_at
    outcome = _run(upload)
    if outcome.refused and not valid_rows_only:
        raise Invalid("Some rows are refused, so nothing was imported.")
    if outcome.fingerprint() != promised:
        raise _overtaken(outcome, previewed_at)
    drop_upload(current_user, upload_id)
    db.session.commit()
    flash(
        f"Imported: {outcome.count(RowKind.NEW)} new, {outcome.count(RowKind.CHANGED)} changed, "
        f"{outcome.count(RowKind.UNCHANGED)} unchanged, {len(outcome.refused)} refused.",
        "success",
    )
    return redirect(url_for("ppa.index_view"))


def _overtaken(outcome: Outcome, previewed_at: datetime | None) -> Conflict:
    """What others changed since the preview; the import's own writes are rolled back first."""
    codes = [row.code for row in outcome.rows]
    db.session.rollback()
    told = changed_ppas(codes, previewed_at) if previewed_at else []
    said = f" {'; '.join(told)}." if told else ""
    return Conflict(
        f"The PPAs changed since this preview, so nothing was imported.{said} "
        "Please look at the preview again."
    )


def init_app(app: Flask) -> None:
    """Adds the screens."""
    add_view(app, ImportView(name="Import", endpoint="import_page", url="/admin/import"), 50)
