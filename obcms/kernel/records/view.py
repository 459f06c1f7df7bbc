"""The list of a kind of record, with a form that writes through the record's verbs."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from flask import flash, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_login import current_user

from obcms.kernel.db.relations import loaded
from obcms.kernel.errors import Conflict, Invalid
from obcms.kernel.extensions import db
from obcms.kernel.permissions import allows
from obcms.kernel.records.form import Options, RecordForm, record_form
from obcms.kernel.records.history import record_history
from obcms.kernel.records.opened import changed_by_user
from obcms.kernel.records.record import Record
from obcms.kernel.rules.cleaning import Parts, Refs
from obcms.kernel.rules.fields import Field
from obcms.kernel.screens.base import ClosedModelView


class RecordFormView(ClosedModelView):
    """A list whose forms hand what people typed to two verbs, and show what these refuse.

    Each view has its own two: `create` takes the values and makes a record, `change` takes the
    record, the values and what the form was opened with.
    """

    create: Callable[[Mapping[str, Any]], Any]
    change: Callable[[Any, Mapping[str, Any], Mapping[str, str]], None]
    fields: ClassVar[Sequence[Field]] = ()
    options: ClassVar[Mapping[str, Options]] = {}
    own_fields: ClassVar[Mapping[str, Any]] = {}

    def hidden_fields(self, record: Any | None) -> Sequence[str]:
        """Names of fields that the form leaves out, of a new record (None) or of this one."""
        del record
        return ()

    def scaffold_form(self) -> type[RecordForm]:
        return record_form(self.fields, self.options, self.own_fields)

    def scaffold_inline_form_models(self, form_class: type[RecordForm]) -> type[RecordForm]:
        return form_class

    def create_form(self, obj: Any = None) -> RecordForm:
        return self._without_hidden(super().create_form(obj), None)

    def edit_form(self, obj: Any = None) -> RecordForm:
        for field in self.fields:
            if isinstance(field, (Parts, Refs)):
                loaded(obj, field.name)
        form = self._without_hidden(super().edit_form(obj), obj)
        if request.method != "POST":
            form.show_anew(obj)
        return form

    def _without_hidden(self, form: RecordForm, record: Any | None) -> RecordForm:
        for name in self.hidden_fields(record):
            del form[name.removesuffix("_id")]
        return form

    def create_model(self, form: RecordForm) -> Any:
        def write() -> Any:
            return self.create(form.values())

        return self._write(form, None, write)

    def update_model(self, form: RecordForm, model: Any) -> Any:
        def write() -> bool:
            opened = form.what_was_opened()
            values = changed_by_user(form.values(), opened, self.fields)
            if values:
                self.change(model, values, opened)
            return True

        return self._write(form, model, write)

    def _write(self, form: RecordForm, record: Any | None, write: Callable[[], Any]) -> Any:
        """What `write` returns, committed; False where it was refused, with the reasons shown."""
        try:
            written = write()
            db.session.commit()
        except Exception as error:
            db.session.rollback()
            if isinstance(error, Conflict) and record is not None:
                form.show_anew(record)
            if isinstance(error, Invalid):
                for message in form.refuse(error):
                    flash(message, "error")
            elif not self.handle_view_exception(error):
                raise
            return False
        return written


class RecordView(RecordFormView):
    """The screens of a record that is declared as a whole (`Record`)."""

    can_view_details = True
    details_template = "record/page.html"

    def __init__(self, record: Record, **where: Any) -> None:
        self.record = record
        self.fields = record.fields
        self.column_list = tuple(record.shown)
        self.column_details_list = tuple(field.public for field in record.fields)
        self.column_searchable_list = tuple(record.search)
        self.column_default_sort = record.order
        self.view_permission = record.screen or record.view
        address = f"/admin/{record.name.replace('_', '-')}"
        super().__init__(
            record.model, db, name=record.title, endpoint=record.name, url=address, **where
        )

    @property
    def can_create(self) -> bool:
        return allows(current_user, self.record.change)

    @property
    def can_edit(self) -> bool:
        return allows(current_user, self.record.change)

    def create_form(self, obj: Any = None) -> RecordForm:
        """Begins with what a new record is where nobody says otherwise."""
        form = super().create_form(obj)
        if request.method != "POST":
            for field in self.fields:
                default = self.model.__table__.c[field.name].default
                if default is not None and default.is_scalar:
                    form[field.public].data = default.arg
        return form

    @expose("/details/")
    def details_view(self) -> ResponseReturnValue:
        self._template_args["history"] = record_history
        return super().details_view()

    def create(self, values: Mapping[str, Any]) -> Any:
        """One made by the record's verb."""
        return self.record.create(current_user, values)

    def change(self, record: Any, values: Mapping[str, Any], opened: Mapping[str, str]) -> None:
        """Changed by the record's verb."""
        self.record.edit(current_user, record, values, opened)
