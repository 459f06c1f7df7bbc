"""Reading a request's JSON and query, so that nothing a client sends can fail past this door."""

import json
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Any, NoReturn

from flask import Request
from marshmallow import RAISE, Schema, ValidationError
from webargs.core import missing
from webargs.flaskparser import FlaskParser, is_json_request
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from obcms.kernel.errors import Invalid, Problem

LONGEST_STEP = 60
MOST_PROBLEMS = 100
# Steps that marshmallow adds and no request has: of a whole object, and of an entry in a mapping.
UNNAMED = frozenset({"_schema", "key", "value"})


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
        problems = (problem for part in parts for problem in problems_in(part))
        raise Invalid(islice(problems, MOST_PROBLEMS))

    def load_querystring(self, req: Request, schema: Schema) -> Any:
        """Refuses a filter given twice, of which one would be lost."""
        twice = [name for name, values in req.args.lists() if len(values) > 1]
        if twice:
            raise Invalid(Problem("Give this once.", pointer_to([name])) for name in twice)
        return super().load_querystring(req, schema)


def read_json(raw: bytes) -> Any:
    """The document; raises BadRequest for what is not JSON, Invalid for a name given twice."""
    try:
        return json.loads(raw.decode(), object_pairs_hook=_once)
    except (ValueError, RecursionError):
        raise BadRequest("The body is not JSON that can be read.") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of the document, of which no value is lost."""
    found = dict(pairs)
    if len(found) < len(pairs):
        times = Counter(name for name, _ in pairs)
        twice = [name[:LONGEST_STEP] for name, number in times.items() if number > 1]
        raise Invalid(
            f"The name “{name}” is given more than once." for name in twice[:MOST_PROBLEMS]
        )
    return found


def problems_in(messages: Any, path: tuple[Any, ...] = ()) -> Iterator[Problem]:
    """marshmallow's nested messages one by one."""
    if isinstance(messages, dict):
        for key, below in messages.items():
            yield from problems_in(below, path if key in UNNAMED else (*path, key))
    elif isinstance(messages, list):
        for below in messages:
            yield from problems_in(below, path)
    else:
        yield Problem(str(messages), pointer_to(path))


def pointer_to(path: tuple[Any, ...] | list[Any]) -> str:
    """A JSON pointer (RFC 6901)."""
    steps = (str(step)[:LONGEST_STEP].replace("~", "~0").replace("/", "~1") for step in path)
    return "".join(f"/{step}" for step in steps)
