"""Strong entity tags from a record's version, and the conditions a request makes with them."""

from typing import Any

from flask import Response, make_response, request
from marshmallow import Schema
from sqlalchemy import inspect

from obcms.errors import Stale
from obcms.extensions import db
from obcms.models import PPA, WorkItem
from obcms.services.settle import lock_trees

# How the document describes the headers.
ETAG = {"ETag": {"description": "Names the record's version.", "schema": {"type": "string"}}}
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


def tagged(schema: Schema, record: PPA | WorkItem, status: int = 200) -> Response:
    """The record with its tag; without a body (304) where the client has it already."""
    if inspect(record).expired:
        db.session.refresh(record)
    answer = make_response(schema.dump(record), status)
    answer.set_etag(_tag(record))
    return answer.make_conditional(request) if request.method in ("GET", "HEAD") else answer


def heed_if_match(record: PPA | WorkItem) -> None:
    """Locks the record where the request says which version it means; raises Stale."""
    if not request.headers.get("If-Match"):
        return
    ppa_id = record.id if isinstance(record, PPA) else record.ppa_id
    if ppa_id is not None:
        lock_trees(db.session(), [ppa_id])
    db.session.refresh(record)
    if not request.if_match.contains(_tag(record)):
        raise Stale("This was changed after you read it. Please read it again.")


def _tag(record: Any) -> str:
    return f"{record.__tablename__}-{record.id}-{record.version}"
