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
from obcms.kernel.db.keys import LARGEST_KEY
from obcms.kernel.db.types import utc_now
from obcms.kernel.errors import Conflict, Invalid, NotFound
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
        form = UploadForm()
        options = organization_options()
        confined = current_user.role in CONFINED_ROLES
        form.moa.choices = options if confined else [("", "As each row says"), *options]
        if form.validate_on_submit():
            try:
                return redirect(url_for(".preview", upload_id=_keep(form)))
            except Invalid as error:
                db.session.rollback()
                form.file.errors = [problem.message for problem in error.problems]
        return self.render("imports/upload.html", form=form)

    @expose("/<int:upload_id>/", methods=("GET", "POST"))
    def preview(self, upload_id: int) -> ResponseReturnValue:
        upload = _find(upload_id)
        form = ImportForm()
        if form.validate_on_submit():
            return _import(upload, valid_rows_only=bool(form.valid_rows.data))
        previewed_at = utc_now()
        outcome = _run(upload)
        filename = upload.filename
        db.session.rollback()
        upload = _find(upload_id)
        if upload.preview != outcome.fingerprint():
            upload.preview, upload.previewed_at = outcome.fingerprint(), previewed_at
            db.session.commit()
        return self.render(
            "imports/preview.html", outcome=outcome, form=form, filename=filename, kinds=RowKind
        )


def _keep(form: UploadForm) -> int:
    """Stores the file after reading it once, so that an unreadable one is refused at once."""
    content = form.file.data.read()
    filename = form.file.data.filename or "file"
    parse_file(BytesIO(content), filename)
    upload = ImportUpload(
        user_id=current_user.id,
        filename=filename[-255:],
        content=content,
        moa_id=form.moa.data,
        fiscal_year=form.fiscal_year.data,
        preview="",
    )
    db.session.add(upload)
    db.session.commit()
    return upload.id


def _find(upload_id: int) -> ImportUpload:
    upload = db.session.get(ImportUpload, upload_id) if upload_id <= LARGEST_KEY else None
    if upload is None or upload.user_id != current_user.id:
        raise NotFound("This upload was imported already, or is not yours.")
    return upload


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
    db.session.delete(db.session.get_one(ImportUpload, upload_id))
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
