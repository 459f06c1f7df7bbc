"""The kinds of values the API takes and gives, each bounded, each described for the document."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields, validate

from obcms.kernel.errors import Invalid
from obcms.kernel.rules import fields as kinds
from obcms.kernel.rules.choice import Choice
from obcms.kernel.rules.cleaning import too_many
from obcms.kernel.rules.fields import LARGEST_NUMBER, LONGEST_LINE, NOT_WHOLE
from obcms.kernel.rules.money import AMOUNT_LIMIT, NO_AMOUNT

_AMOUNT = r"[0-9]{1,12}(\.[0-9]{1,2})?"
_PERCENT = re.compile(r"(100(\.0{1,2})?|[0-9]{1,2}(\.[0-9]{1,2})?)")
_WHOLE = re.compile(r"[0-9]{1,19}")
_LINE = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069"
_PROSE = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"


def _cleaned(spec: kinds.Field, value: object) -> Any:
    """The value as the record keeps it; raises ValidationError as the record refuses it."""
    try:
        return spec.clean(value)
    except Invalid as error:
        raise ValidationError([problem.message for problem in error.problems]) from None


class TextField(fields.String):
    """Text without control characters, in one line; `lines` allows several."""

    def __init__(
        self,
        longest: int = LONGEST_LINE,
        lines: bool = False,
        spec: kinds.Text | None = None,
        **given: Any,
    ) -> None:
        """`spec` is the record's own field, where it is one."""
        required = "This must not be empty." if given.get("required") else ""
        kind = kinds.Prose if lines else kinds.Text
        self.spec = spec or kind("", longest=longest, required=required)
        barred = _PROSE if lines else _LINE
        visible = rf"[^\s{barred}][^{barred}]*" if given.get("required") else ""
        self.pattern = f"^[^{barred}]*{visible}$"
        shortest = 1 if given.get("required") else None
        super().__init__(validate=validate.Length(shortest, longest), **given)

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        return _cleaned(self.spec, super()._deserialize(value, *args, **kwargs))


class Flag(fields.Boolean):
    """true or false, and nothing that merely looks like it."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> bool:
        return _cleaned(kinds.Flag(""), value)


class Key(fields.Integer):
    """The number of a record, or another whole number that a column can hold."""

    def __init__(self, least: int = 1, most: int = LARGEST_NUMBER, **given: Any) -> None:
        self.spec = kinds.Whole("", least=least, most=most)
        super().__init__(strict=True, validate=validate.Range(least, most), **given)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> int:
        if isinstance(value, str) and not _WHOLE.fullmatch(value):  # as it stands in an address
            raise ValidationError(NOT_WHOLE)
        return _cleaned(self.spec, value)


class JSONKey(Key):
    """The same inside JSON, where a number is not text."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> int:
        if not isinstance(value, int):
            raise ValidationError(NOT_WHOLE)
        return super()._deserialize(value, *args, **kwargs)


class Several(fields.List):
    """A list of bounded length, which is looked at before its members are."""

    def __init__(self, member: fields.Field, most: int = 200, **given: Any) -> None:
        super().__init__(member, validate=validate.Length(max=most), **given)
        self.most = most

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> list[Any]:
        if isinstance(value, list) and len(value) > self.most:
            raise ValidationError(too_many(self.most))
        return super()._deserialize(value, *args, **kwargs)


class Keys(Several):
    """The numbers of related records."""

    def __init__(self, **given: Any) -> None:
        super().__init__(JSONKey(), **given)

    def _serialize(self, value: Any, *_: Any, **__: Any) -> list[int]:
        return [record.id for record in value]


class Money(fields.Field[Decimal]):
    """Pesos: text with two decimals. A whole number is taken too; a float never is."""

    pattern, least = _AMOUNT, 0

    def __init__(self, spec: kinds.Money | None = None, **given: Any) -> None:
        """`spec` is the record's own field, where one must be given."""
        self.spec = spec or kinds.Money("", required=NO_AMOUNT)
        super().__init__(**given)

    def _serialize(self, value: Decimal | None, *_: Any, **__: Any) -> str | None:
        return None if value is None else f"{value:.2f}"

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Decimal:
        amount = _cleaned(self.spec, value)
        if isinstance(value, str) and not re.fullmatch(self.pattern, value):
            raise ValidationError(f'Write the amount in digits alone, such as "{amount:.2f}".')
        return amount


class SignedMoney(Money):
    """Pesos below zero too, such as "-1250.00"; `spec` is the record's own field."""

    pattern, least = f"-?{_AMOUNT}", 1 - int(AMOUNT_LIMIT)


class Percent(fields.Field[Decimal]):
    """0 to 100 as text with two decimals; a number is taken too."""

    def _serialize(self, value: Decimal | None, *_: Any, **__: Any) -> str | None:
        return None if value is None else f"{value:.2f}"

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Decimal:
        if isinstance(value, float):
            value = str(value)
        spec = kinds.Percent("", required=kinds.Percent.message)
        percent = _cleaned(spec, value)
        if isinstance(value, str) and not _PERCENT.fullmatch(value):
            raise ValidationError(spec.message)
        return percent


class Day(fields.Date):
    """A day as 2025-06-30."""

    def __init__(self, spec: kinds.Day | None = None, **given: Any) -> None:
        """`spec` is the record's own field, where one must be given."""
        self.spec = spec or kinds.Day("", required="Write a day such as 2025-06-30.")
        super().__init__(**given)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> date:
        if not isinstance(value, str) or (value.strip() and value != value.strip()):
            value = "no day"
        return _cleaned(self.spec, value)


class Choices(fields.Enum):
    """A member of a choice list; `spec` is the record's own field, where one must be given."""

    def __init__(
        self, choices: type[Choice], spec: kinds.OneOf | None = None, **given: Any
    ) -> None:
        self.spec = spec or kinds.OneOf("", choices=choices, required="Choose one.")
        told = dict.fromkeys(("required", "null"), self.spec.required)
        super().__init__(choices, **{"error_messages": told} | given)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Any:
        return _cleaned(self.spec, value)


def described_as(text: str, **given: Any) -> dict[str, Any]:
    """What a field's constructor takes, with a sentence for the document."""
    return given | {"metadata": {"description": text}}


def one_of(choices: type[Choice], **given: Any) -> Choices:
    """A member of a choice list."""
    return Choices(choices, by_value=fields.String(), **given)


def described(field: fields.Field, **_: Any) -> dict[str, Any]:
    """What the document says of the kinds above that are more than text or numbers."""
    if isinstance(field, Money):
        text = {"type": "string", "pattern": f"^{field.pattern}$"}
        signed = {"type": "string", "pattern": r"^-?[0-9]+\.[0-9]{2}$", "examples": ["1250.00"]}
        whole = {"type": "integer", "minimum": field.least, "maximum": int(AMOUNT_LIMIT) - 1}
        return _kinds(field, signed, [text, whole])
    if isinstance(field, Percent):
        text = {"type": "string", "pattern": f"^{_PERCENT.pattern}$"}
        whole = {"type": "integer", "minimum": 0, "maximum": 100}
        shown = {"type": "string", "pattern": r"^-?[0-9]+\.[0-9]{2}$", "examples": ["50.00"]}
        return _kinds(field, shown, [text, whole])
    if isinstance(field, TextField) and not _is_answer(field):
        return {"pattern": field.pattern}
    return {}


def _is_answer(field: fields.Field) -> bool:
    return getattr(field.parent, "is_answer", False)


def _kinds(field: fields.Field, given: dict[str, Any], taken: list[Any]) -> dict[str, Any]:
    if _is_answer(field):
        return {**given, "type": ["string", "null"]} if field.allow_none else given
    return {"anyOf": [*taken, {"type": "null"}] if field.allow_none else taken}
