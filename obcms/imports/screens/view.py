"""Importing a file in the browser: upload, wait for it to be read, preview, import, undo."""

from collections.abc import Mapping
from typing import Any

from flask import flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_login import current_user
from redis.exceptions import RedisError

from obcms.imports.changed_reading import changed_answers
from obcms.imports.compare import compare
from obcms.imports.declared import Import
from obcms.imports.models import UploadState
from obcms.imports.outcome import RowKind
from obcms.imports.screens.applying import apply_upload, digest_of
from obcms.imports.screens.forms import ImportForm, UndoForm, UploadForm
from obcms.imports.screens.shown import READING, page_of
from obcms.imports.screens.uploading import keep_and_call, progress
from obcms.imports.turns import read_again
from obcms.imports.undo import find_batch, latest_batches, undo_import
from obcms.imports.uploads import find_read, find_upload, given_with
from obcms.imports.waiting import call_again
from obcms.kernel.db.connections import reading
from obcms.kernel.db.types import utc_now
from obcms.kernel.errors import Invalid
from obcms.kernel.extensions import db
from obcms.kernel.permissions import CONFINED_ROLES
from obcms.kernel.screens.base import ClosedView
from obcms.organizations.screens.options import organization_options

NO_QUEUE = (
    "The file cannot be read now, because the queue of work does not answer. Nothing was kept and "
    "nothing was changed. Please try again in a minute."
)


class ImportView(ClosedView):
    """The upload, then how far its reading is, then its preview; and the imports made so far.

    `after` is the endpoint of the list that shows what was imported.
    """

    styles = (("imports", "imports.css"),)

    def __init__(self, declared: Import, form: type[UploadForm], after: str, **kwargs: Any) -> None:
        self.declared, self.form, self.after = declared, form, after
        self.view_permission = declared.permission
        super().__init__(**kwargs)

    def render(self, template: str, **context: Any) -> str:
        """The template, which may ask what is imported."""
        return super().render(template, declared=self.declared, after=self.after, **context)

    @expose("/", methods=("GET", "POST"))
    def upload(self) -> ResponseReturnValue:
        """The form, and keeping the file that it sends."""
        form = self.form()
        if "moa" in form:
            confined = current_user.role in CONFINED_ROLES
            options = organization_options()
            form.moa.choices = options if confined else [("", "As each row says"), *options]
        status = 200
        if form.validate_on_submit():
            try:
                upload_id = keep_and_call(current_user, self.declared, form)
                return redirect(url_for(".preview", upload_id=upload_id))
            except Invalid as error:
                db.session.rollback()
                form.file.errors = [problem.message for problem in error.problems]
            except RedisError:
                form.file.errors, status = [NO_QUEUE], 503
        batches = latest_batches(current_user, self.declared)
        return self.render("imports/upload.html", form=form, batches=batches), status

    @expose("/<int:upload_id>/", methods=("GET", "POST"))
    def preview(self, upload_id: int) -> ResponseReturnValue:
        """What the import would do, and the import itself; before that, how far the reading is."""
        form = ImportForm()
        if form.validate_on_submit():
            return self._import(upload_id, form)
        upload = find_upload(current_user, self.declared, upload_id)
        if upload.state is not UploadState.READ:
            said = progress(upload)
            return self.render("imports/reading.html", upload=upload, said=said)
        form.shown_at.data = utc_now().isoformat()
        parsed = self.declared.from_json(upload.parsed or {})
        try:
            outcome = compare(self.declared, current_user, parsed, given_with(upload))
        except Invalid as error:  # of the whole file, such as an act that is not named
            return self.render("imports/reading.html", upload=upload, said=str(error)), 422
        form.shown.data = digest_of(upload, outcome)
        return self.render(
            "imports/preview.html",
            upload=upload,
            upload_id=upload.id,
            parsed=upload.parsed,
            answers=upload.answers,
            outcome=outcome,
            page=page_of(outcome, request.args.get("page", "")),
            form=form,
            kinds=RowKind,
            **READING,
        )

    def _import(self, upload_id: int, form: ImportForm) -> ResponseReturnValue:
        db.session.rollback()  # SQLite's one lock is everybody's until something is written
        with reading():
            outcome, import_id = apply_upload(current_user, self.declared, upload_id, form)
            db.session.commit()
        flash(f"Imported: {outcome.counts(self.declared.kinds)}.", "success")
        where = url_for(".batch", import_id=import_id) if import_id else url_for(self.after)
        return redirect(where)

    @expose("/<int:upload_id>/reading", methods=("POST",))
    def reading(self, upload_id: int) -> ResponseReturnValue:
        """Has the list read once more, as was chosen on its preview."""
        upload = find_read(current_user, self.declared, upload_id)
        chosen: Mapping[str, str] = request.form.to_dict()
        answers = changed_answers(
            self.declared.answers, upload.answers, upload.parsed or {}, chosen
        )
        read_again(upload, {} if chosen.get("forget") else answers)
        db.session.commit()
        call_again()
        return redirect(url_for(".preview", upload_id=upload_id))

    @expose("/<int:upload_id>/progress")
    def progress(self, upload_id: int) -> ResponseReturnValue:
        """How far the reading is, for the page that waits."""
        upload = find_upload(current_user, self.declared, upload_id)
        return jsonify(settled=upload.is_settled, said=progress(upload))

    @expose("/done/<int:import_id>/")
    def batch(self, import_id: int) -> ResponseReturnValue:
        """One import that was made, and its undo."""
        batch = find_batch(current_user, self.declared, import_id)
        written = self.declared.pages.read_written(current_user, batch.id)
        return self.render("imports/batch.html", batch=batch, form=UndoForm(), written=written)

    @expose("/done/<int:import_id>/undo", methods=("POST",))
    def undo(self, import_id: int) -> ResponseReturnValue:
        """Takes the import back as one."""
        batch = find_batch(current_user, self.declared, import_id)
        undo_import(current_user, batch, request.form.get("reason", ""))
        db.session.commit()
        flash(self.declared.pages.undone, "success")
        return redirect(url_for(".batch", import_id=import_id))
