"""Posting once: a request that is repeated with its `Idempotency-Key` answers the same (SPEC 12).

The answer is kept in the transaction of what it answers, so that both are there or neither.
"""

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from flask import Response, current_app, request
from sqlalchemy import delete, func, select

from obcms.kernel.api.access import caller
from obcms.kernel.api.models import LONGEST_KEY, KeptAnswer
from obcms.kernel.db.connections import take_turn
from obcms.kernel.db.types import utc_now
from obcms.kernel.errors import Conflict, Invalid
from obcms.kernel.extensions import db

HEADER = "Idempotency-Key"
KEPT = timedelta(hours=24)
# How the document describes the header.
HEEDS_KEY: dict[str, Any] = {
    "parameters": [
        {
            "in": "header",
            "name": HEADER,
            "description": "A text of the client's own: repeated, it posts once.",
            "schema": {"type": "string", "maxLength": LONGEST_KEY},
        }
    ]
}


def posts_once(view: Callable[..., Any]) -> Callable[..., Response]:
    """Commits what the view posted, with its answer where the request has a key.

    Stands right below the route, above what reads the body and writes the answer.
    """

    @wraps(view)
    def answer(*args: Any, **numbers: Any) -> Response:
        key = _key()
        kept = _hold(key) if key else None
        if kept is not None:
            return _again(kept)
        given = current_app.make_response(view(*args, **numbers))
        if key:
            db.session.add(_kept(key, given))
        db.session.commit()
        return given

    return answer


def _key() -> str:
    """The header's text, "" without one; raises Invalid."""
    key = request.headers.get(HEADER)
    if key is None:
        return ""
    if not key.strip() or len(key) > LONGEST_KEY or not key.isprintable():
        raise _refused(Invalid(f"{HEADER} has from 1 to {LONGEST_KEY} characters."))
    return key


def _hold(key: str) -> KeptAnswer | None:
    """Makes this the only request with the key until it ends, and finds what was answered before.

    Raises Conflict while another one is at work; on SQLite it waits, as every writer does.
    """
    connection = db.session.connection()
    take_turn(connection)
    if connection.dialect.name == "postgresql":
        number = int.from_bytes(_digest(caller().id, key)[:8], signed=True)
        if not db.session.scalar(select(func.pg_try_advisory_xact_lock(number))):
            raise _refused(Conflict(f"The first request with this {HEADER} is still at work."))
    db.session.execute(delete(KeptAnswer).where(KeptAnswer.answered_at < utc_now() - KEPT))
    mine = (KeptAnswer.user_id == caller().id, KeptAnswer.key == key)
    return db.session.scalar(select(KeptAnswer).where(*mine))


def _again(kept: KeptAnswer) -> Response:
    """Raises Invalid where the key came with another request."""
    if kept.asked != _asked():
        raise _refused(Invalid(f"This {HEADER} came with another request before."))
    answer = Response(kept.body, kept.status, mimetype="application/json")
    if kept.location:
        answer.location = kept.location
    db.session.commit()
    return answer


def _kept(key: str, given: Response) -> KeptAnswer:
    return KeptAnswer(
        user_id=caller().id,
        key=key,
        asked=_asked(),
        status=given.status_code,
        body=given.get_data(as_text=True),
        location=given.location or "",
    )


def _asked() -> str:
    """The same for requests that ask for the same, however their JSON is laid out."""
    body = json.dumps(request.get_json(silent=True), sort_keys=True)
    return _digest(request.method, request.path, body).hex()


def _digest(*parts: object) -> bytes:
    return hashlib.sha256("\n".join(map(str, parts)).encode()).digest()


def _refused(error: Invalid | Conflict) -> Invalid | Conflict:
    """With the code that says that the key is at fault."""
    error.details = {"code": "idempotency_key"}
    return error
