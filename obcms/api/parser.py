"""Reading a request's JSON and query, so that nothing a client sends can fail past this door."""

import json
from typing import Any, NoReturn

from flask import Request
from marshmallow import RAISE, ValidationError
from webargs.core import missing
from webargs.flaskparser import FlaskParser, is_json_request
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from obcms.errors import Invalid, Problem

LONGEST_STEP = 60


class Parser(FlaskParser):
    """Refuses unknown fields and filters: one that is silently ignored misleads."""

    DEFAULT_UNKNOWN_BY_LOCATION = FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION | {"query": RAISE}

    def _raw_load_json(self, req: Request) -> Any:
        raw = req.get_data(cache=True)
        if not raw and req.method == "PATCH":
            raise BadRequest("Send the fields to change as a JSON object.")
        if not raw:
            return missing
        if not is_json_request(req):
            raise UnsupportedMediaType("Send the body as application/json.")
        return read_json(raw)

    def handle_error(self, error: ValidationError, *_: Any, **__: Any) -> NoReturn:
        """One problem for each message of the schema, each with the pointer to its field."""
        messages = error.messages
        parts = messages.values() if isinstance(messages, dict) else [messages]
        raise Invalid([problem for part in parts for problem in problems_in(part)])


def read_json(raw: bytes) -> Any:
    """The document; raises BadRequest for what is not JSON, Invalid for a name given twice."""
    try:
        return json.loads(raw.decode(), object_pairs_hook=_once)
    except (ValueError, RecursionError):
        raise BadRequest("The body is not JSON that can be read.") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise Invalid("This name is given more than once.", pointer_to([name]))
        found[name] = value
    return found


def problems_in(messages: Any, path: tuple[Any, ...] = ()) -> list[Problem]:
    """marshmallow's nested messages as a flat list."""
    if isinstance(messages, dict):
        return [
            problem
            for key, below in messages.items()
            for problem in problems_in(below, path if key == "_schema" else (*path, key))
        ]
    if isinstance(messages, list):
        return [problem for below in messages for problem in problems_in(below, path)]
    return [Problem(str(messages), pointer_to(path))]


def pointer_to(path: tuple[Any, ...] | list[Any]) -> str:
    """A JSON pointer (RFC 6901)."""
    steps = (str(step)[:LONGEST_STEP].replace("~", "~0").replace("/", "~1") for step in path)
    return "".join(f"/{step}" for step in steps)
