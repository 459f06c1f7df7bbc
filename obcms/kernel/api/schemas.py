"""What every schema of the API shares, and the ones that several parts use."""

from typing import Any

from marshmallow import RAISE, Schema, fields, validate

from obcms.kernel.api.fields import Flag, Key

PAGE_SIZE, LARGEST_PAGE = 25, 200
LAST_PAGE = 1_000_000


class Given(Schema):
    """What a client sends: unknown fields are refused."""

    is_answer = False

    class Meta:
        unknown = RAISE


class Answer(Given):
    """What the API answers."""

    is_answer = True


class VersionedAnswer(Answer):
    """A single record, whose version is in its ETag too."""

    id = Key(required=True)
    version = Key(required=True, metadata={"description": "Rises with every change."})


class RecordAnswer(VersionedAnswer):
    """The same, with when it came to be and last changed."""

    created_at = fields.AwareDateTime(required=True)
    updated_at = fields.AwareDateTime(
        required=True,
        metadata={"description": "Of the last edit; figures that follow move only `version`."},
    )


class Partial:
    """Mixed into a schema: every field may be left out, and then stays as it is."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**(given | {"partial": True}))


class PageQuery(Given):
    """Which page of a list."""

    page = Key(most=LAST_PAGE, metadata={"description": "From 1."})
    page_size = Key(most=LARGEST_PAGE, metadata={"description": f"{PAGE_SIZE} without it."})


class ListAnswer(Answer):
    """A page of a list; the subclass adds `results`."""

    count = fields.Integer(required=True)
    next = fields.String(required=True, allow_none=True)
    previous = fields.String(required=True, allow_none=True)


class ProblemLine(Answer):
    message = fields.String(required=True)
    pointer = fields.String(required=True)


class ProblemAnswer(Answer):
    """Every error (RFC 9457); `problems` say what is wrong and where."""

    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(
        required=True, metadata={"description": "The first of the problems, in a sentence."}
    )
    problems = fields.List(fields.Nested(ProblemLine), required=True)
    code = fields.String(
        required=True, metadata={"description": "What kind of refusal it is, for programs."}
    )
    available = fields.String(
        metadata={"description": "Where money is short: what would be accepted, in pesos."}
    )
    breaks_on = fields.Date(
        metadata={"description": "Where money is short: the first day on which it is."}
    )
    reference = fields.String(
        required=True, metadata={"description": "Names the line in the log that tells more."}
    )


class QueryFlag(Flag):
    """true or false in an address."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> bool:
        return super()._deserialize({"true": True, "false": False}.get(value), *args, **kwargs)


def ordering_by(names: tuple[str, ...]) -> fields.String:
    """One of the names, or with a minus sign before it for the other direction."""
    return fields.String(validate=validate.OneOf([*names, *(f"-{name}" for name in names)]))
