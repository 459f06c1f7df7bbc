"""How columns become form fields where Flask-Admin's own choice does not fit."""

from collections.abc import Iterator
from typing import Any

from flask_admin.contrib.sqla.form import AdminModelConverter, converts
from sqlalchemy import Column
from wtforms import SelectField, ValidationError

from obcms.kernel.rules.choice import Choice
from obcms.kernel.screens.fields import MoneyField, PercentField


class ChoiceField(SelectField):
    """A choice list by its labels. Nothing is chosen beforehand but what stands in the record."""

    def __init__(self, choices_class: type[Choice], optional: bool, **kwargs: Any) -> None:
        self.optional = optional
        super().__init__(
            choices=choices_class.pairs(),
            coerce=lambda value: choices_class(value) if value else None,
            **kwargs,
        )

    def iter_choices(self) -> Iterator[tuple[str, str, bool, dict[str, Any]]]:
        """The empty one first, where it may be chosen or nothing is chosen yet."""
        if self.optional or self.data is None:
            yield "", "—" if self.optional else "Choose…", self.data is None, {}
        yield from super().iter_choices()

    def pre_validate(self, form: Any) -> None:
        if self.data is not None:
            super().pre_validate(form)
        elif not self.optional:
            raise ValidationError(f"Choose a {self.label.text.lower()}.")


class Converter(AdminModelConverter):
    """Choice lists by label; money and percents exact."""

    @converts("sqlalchemy.sql.sqltypes.Enum")
    def convert_enum(
        self, column: Column[Any], field_args: dict[str, Any], **_: Any
    ) -> ChoiceField:
        optional = bool(column.nullable)
        args = {
            key: field_args[key]
            for key in ("label", "description", "default", "validators")
            if key in field_args
        }
        return ChoiceField(column.type.enum_class, optional, **args)

    @converts("obcms.kernel.db.types.Money")
    def convert_money(self, field_args: dict[str, Any], **_: Any) -> MoneyField:
        """A field for pesos."""
        return MoneyField(**field_args)

    @converts("obcms.kernel.db.types.Percent")
    def convert_percent(self, field_args: dict[str, Any], **_: Any) -> PercentField:
        """A field for percent, 0–100."""
        return PercentField(**field_args)
