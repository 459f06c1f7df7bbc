"""Strong entity tags from a record's version, and the conditions a request makes with them."""

from collections.abc import Callable
from typing import Any

from flask import Response, make_response, request, url_for
from marshmallow import Schema
from sqlalchemy import inspect

from obcms.kernel.db.connections import SAFE_METHODS
from obcms.kernel.db.keys import read_again
from obcms.kernel.db.relations import loaded
from obcms.kernel.errors import Stale

# How the document describes the headers.
ETAG: dict[str, Any] = {
    "ETag": {"description": "Names the record's version.", "schema": {"type": "string"}}
}
LOCATION = {"Location": {"description": "Its address.", "schema": {"type": "string"}}}
CREATED = ETAG | LOCATION
HEEDS_IF_MATCH: dict[str, Any] = {
    "parameters": [
        {
            "in": "header",
            "name": "If-Match",
            "description": "The ETag of what was read; 412 where it is another version now.",
            "schema": {"type": "string"},
        }
    ]
}
HEEDS_IF_NONE_MATCH: dict[str, Any] = {
    "parameters": [
        {
            "in": "header",
            "name": "If-None-Match",
            "description": "The ETag of what the client has; 304 where that is still the version.",
            "schema": {"type": "string"},
        }
    ],
    "responses": {"304": {"description": "Unchanged"}},
}

# How a record is locked before it is compared and changed, by its class; slices add theirs.
LOCKS: dict[type, Callable[[Any], None]] = {}


def tagged(schema: Schema, record: Any, created: str | None = None, **numbers: int) -> Response:
    """The record with its tag; without a body (304) where the client has it already.

    A new one is answered with its address: `created` is the endpoint that reads it by `numbers`.
    """
    if inspect(record).expired:
        read_again(record)
    _load_shown(schema, record)
    answer = make_response(schema.dump(record), 201 if created else 200)
    answer.set_etag(_tag(record))
    if created:
        answer.location = url_for(created, **numbers)
    if request.method not in ("GET", "HEAD"):
        return answer
    # Only If-None-Match; `heed_if_match` has seen to the other one.
    asked = {"REQUEST_METHOD": request.method}
    if client_has := request.headers.get("If-None-Match"):
        asked["HTTP_IF_NONE_MATCH"] = client_has
    return answer.make_conditional(asked)


def _load_shown(schema: Schema, record: Any) -> None:
    """Reads the related records that the answer tells."""
    shown = {field.attribute or name for name, field in schema.dump_fields.items()}
    for name in shown.intersection(inspect(record).mapper.relationships.keys()):
        loaded(record, name)


def heed_if_match(record: Any) -> None:
    """Raises Stale where the request means another version; locks what it goes on to change."""
    if request.headers.get("If-Match") is None:
        return
    if request.method not in SAFE_METHODS:
        LOCKS[type(record)](record)
        read_again(record)
    if not request.if_match.contains(_tag(record)):
        raise Stale("This was changed after you read it. Please read it again.")


def _tag(record: Any) -> str:
    """Its version, with what its answer shows besides and other records' changes may change."""
    besides = getattr(record, "shown_besides", ())
    return "-".join(map(str, (record.__tablename__, record.id, record.version, *besides)))
