"""How columns become form fields where Flask-Admin's own choice does not fit."""

from typing import Any

from flask_admin.contrib.sqla.form import AdminModelConverter, converts
from sqlalchemy import Column
from wtforms import SelectField

from obcms.kernel.rules.choice import Choice
from obcms.kernel.screens.fields import MoneyField, PercentField


class ChoiceField(SelectField):
    """A choice list by its labels; an optional one can be left empty."""

    def __init__(self, choices_class: type[Choice], optional: bool, **kwargs: Any) -> None:
        pairs = choices_class.pairs()
        super().__init__(
            choices=[("", "—"), *pairs] if optional else pairs,
            coerce=lambda value: choices_class(value) if value else None,
            **kwargs,
        )

    def pre_validate(self, form: Any) -> None:
        if self.data is None and self.choices[0][0] == "":
            return
        super().pre_validate(form)


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
