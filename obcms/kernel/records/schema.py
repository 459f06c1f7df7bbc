"""The API's schema of a record, made from its fields."""

from collections.abc import Sequence
from typing import Any

from marshmallow import fields as marshmallow

from obcms.kernel.api.fields import (
    Day,
    Flag,
    JSONKey,
    Keys,
    Money,
    Percent,
    Several,
    TextField,
    described_as,
    one_of,
)
from obcms.kernel.api.schemas import Given
from obcms.kernel.rules import fields as kinds
from obcms.kernel.rules.cleaning import Parts, Refs
from obcms.kernel.rules.fields import Field


class PartGiven(Given):
    """A part of a record is always given as a whole, in a change of the record too."""

    def load(self, data: Any, **given: Any) -> Any:
        """Reads it; nothing that it requires may be left out."""
        return super().load(data, **(given | {"partial": False}))


def schema_of(name: str, fields: Sequence[Field], base: type = Given) -> type:
    """A schema class called `name` with the fields, as they are sent and as they are answered."""
    return type(name, (base,), {field.public: api_field(field) for field in fields})


def api_field(field: Field) -> marshmallow.Field:
    """The schema's field for one of the record's."""
    given: dict[str, Any] = described_as(field.help) if field.help else {}
    if field.name != field.public:
        given["attribute"] = field.name
    # A choice and a percent have their defaults.
    if field.required:
        given["required"] = not isinstance(field, (kinds.OneOf, kinds.Percent))
        given["error_messages"] = dict.fromkeys(("required", "null"), field.required)
    nullable = given if field.required else given | {"allow_none": True}
    match field:
        case kinds.Text():
            lines = isinstance(field, kinds.Prose)
            return TextField(field.longest, lines, spec=field, **given)
        case kinds.Whole():
            return JSONKey(field.least, field.most, **nullable)
        case kinds.Money():
            return Money(field if field.required else None, **nullable)
        case kinds.Percent():
            return Percent(**given)
        case kinds.Day():
            return Day(field if field.required else None, **nullable)
        case kinds.OneOf():
            return one_of(field.choices, spec=field if field.required else None, **nullable)
        case kinds.Flag():
            return Flag(**given)
        case kinds.Ref():
            return JSONKey(**nullable)
        case Refs():
            return Keys(**given)
        case Parts():
            part = schema_of(f"{field.model.__name__}Given", field.fields, PartGiven)
            return Several(marshmallow.Nested(part), **given)
    raise TypeError(f"{type(field).__name__} has no form in the API")
