"""The form of a record, made from its fields: what is typed is cleaned as everywhere."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from flask_admin.form import Select2Widget
from flask_admin.model.fields import InlineFieldList, InlineFormField
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, Form, HiddenField, SelectField, SelectMultipleField, StringField
from wtforms.widgets import DateInput, Select, TextArea

from obcms.kernel.errors import Invalid
from obcms.kernel.records.opened import fingerprints, read_opened
from obcms.kernel.rules import fields as kinds
from obcms.kernel.rules.cleaning import Parts, Refs, clean_values
from obcms.kernel.rules.fields import Field

Options = Callable[[], list[tuple[str, str]]]
NO_CHOICE, CHOOSE = ("", "—"), ("", "Choose…")
FLAGS = {"0": False, "1": True}


class RecordForm(FlaskForm):
    """Carries what it showed when it was opened; `fields` are those that it lets people set."""

    fields: Sequence[Field] = ()
    opened = HiddenField()

    def show_anew(self, record: Any) -> None:
        """From here on the form is compared with the record as it is now."""
        self.opened.data = json.dumps(fingerprints(record, self.fields))

    def what_was_opened(self) -> dict[str, str]:
        """The digests that the form was opened with. Raises Invalid where they are not readable."""
        return read_opened(self.opened.data)

    def values(self) -> dict[str, Any]:
        """What the form holds, by column, cleaned. Raises Invalid."""
        sent = {
            field.name: _value(self[field.public])
            for field in self.fields
            if field.public in self and getattr(self[field.public], "was_sent", True)
        }
        known = [field for field in self.fields if field.name in sent]
        return clean_values(known, sent, "The form", is_new=False)

    def refuse(self, error: Invalid) -> list[str]:
        """Puts each problem at its field; returns those that belong to none."""
        loose = []
        for problem in error.problems:
            name = problem.pointer.partition("/")[0]
            if name in self:
                self[name].errors = [*self[name].errors, problem.message]
            else:
                loose.append(problem.message)
        return loose


def sent_values(form: MultiDict[str, str], fields: Sequence[Field]) -> dict[str, Any]:
    """What a page's own form sent of these fields, by column, cleaned. Raises Invalid.

    One that it leaves out stays as it is. A check box is sent as 1, after a 0 that stands for it
    while it is not checked.
    """
    sent = {
        field.name: FLAGS.get(form.getlist(field.public)[-1], "")
        if isinstance(field, kinds.Flag)
        else form[field.public]
        for field in fields
        if field.public in form
    }
    return clean_values(fields, sent, "The form", is_new=False)


def _value(field: Any) -> Any:
    if isinstance(field, InlineFieldList):
        kept = [entry for entry in field.entries if not field.should_delete(entry)]
        return [entry.data for entry in kept]
    return field.data


class _Cleaned:
    """Mixed into a form field: reads text as the record's field does."""

    was_sent = True

    def __init__(self, *args: Any, spec: Field, **kwargs: Any) -> None:
        self.spec = spec
        super().__init__(*args, **kwargs)

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.was_sent = bool(valuelist)
        if not valuelist:
            return
        try:
            self.data = self.spec.clean(valuelist[0])
        except Invalid as error:
            self.data = None
            raise ValueError(str(error)) from None


class LineField(_Cleaned, StringField):
    """One line of text, or a number, as it is written."""

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        if self.data is None:
            return ""
        if isinstance(self.spec, kinds.Money):
            return f"{self.data:,.2f}"
        return f"{self.data:f}" if isinstance(self.spec, kinds.Percent) else str(self.data)


class ProseField(LineField):
    """Several lines."""

    widget = TextArea()


class DayField(LineField):
    """A day, chosen in the browser's own calendar."""

    widget = DateInput()


class ChoiceField(_Cleaned, SelectField):
    """One of a few, or of the records that `options` lists."""

    widget = Select()

    def __init__(self, *args: Any, options: Options, **kwargs: Any) -> None:
        self.options = options
        super().__init__(*args, choices=options, coerce=_key, validate_choice=False, **kwargs)

    def process_formdata(self, valuelist: list[Any]) -> None:
        super().process_formdata(valuelist)
        if self.data is not None:  # as the choices have it, so that it is shown again
            self.data = _key(self.data)

    def iter_choices(self) -> Iterator[tuple[str, str, bool, dict[str, Any]]]:
        """Where one must be chosen and none is yet, nothing is chosen beforehand."""
        if self.spec.required and self.data is None:
            yield *CHOOSE, True, {}
        yield from super().iter_choices()


class SeveralField(SelectMultipleField):
    """Several of the records that `options` lists."""

    widget = Select2Widget(multiple=True)

    def __init__(self, *args: Any, options: Options, **kwargs: Any) -> None:
        super().__init__(*args, choices=options, coerce=_key, validate_choice=False, **kwargs)


def _key(value: Any) -> str:
    return str(getattr(value, "id", value))


def record_form(
    fields: Sequence[Field], options: Mapping[str, Options], own: Mapping[str, Any]
) -> type[RecordForm]:
    """The form of a record; `own` are fields that a view makes itself, by name."""
    made = {field.public: own.get(field.public) or form_field(field, options) for field in fields}
    return type("RecordFormOfFields", (RecordForm,), {"fields": fields, **made})


def form_field(field: Field, options: Mapping[str, Options]) -> Any:
    """The form's field for one of the record's."""
    label = field.label or field.public.replace("_", " ").capitalize()
    shared = {"label": label, "description": field.help}
    match field:
        case kinds.Flag():
            return BooleanField(**shared)
        case kinds.OneOf():
            pairs = field.choices.pairs()
            choices = pairs if field.required else [NO_CHOICE, *pairs]
            return ChoiceField(**shared, spec=field, options=lambda: choices)
        case kinds.Ref():
            listed = options[field.public]
            return ChoiceField(**shared, spec=field, options=lambda: [NO_CHOICE, *listed()])
        case Refs():
            return SeveralField(**shared, options=options[field.public])
        case Parts():
            parts = {one.public: form_field(one, options) for one in field.fields}
            return InlineFieldList(InlineFormField(type("PartForm", (Form,), parts)), **shared)
        case kinds.Prose():
            return ProseField(**shared, spec=field)
        case kinds.Day():
            return DayField(**shared, spec=field)
    return LineField(**shared, spec=field)
