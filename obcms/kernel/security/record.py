"""Recording an event, with who acts, from where and in which request."""

import logging
from typing import Any

from sqlalchemy import insert
from sqlalchemy.exc import DBAPIError

from obcms.kernel.audit.origin import current_origin
from obcms.kernel.db.types import utc_now
from obcms.kernel.extensions import db
from obcms.kernel.security.models import LONGEST, EventKind, SecurityEvent

logger = logging.getLogger(__name__)


def record_event(
    kind: EventKind, what: str = "", name: str | None = None, user_id: int | None = None
) -> None:
    """Adds an event to the present transaction, which the caller commits.

    Without `name`, it is of the user who acts. Never pass what somebody typed as a password.
    """
    db.session.execute(insert(SecurityEvent).values(**_values(kind, what, name, user_id)))


def record_now(kind: EventKind, what: str, name: str | None = None) -> None:
    """The same for a request that has ended in a refusal: in a transaction of its own.

    Where the database cannot take it, a line in the log holds it, and the answer stays.
    """
    values = _values(kind, what, name, None)
    try:
        db.session.rollback()  # what was begun is not to be kept with it
        db.session.execute(insert(SecurityEvent).values(**values))
        db.session.commit()
    except DBAPIError:
        db.session.rollback()
        _into_the_log(values)


def record_beside(kind: EventKind, what: str) -> None:
    """The same for a request that only reads, whose own transaction stays as it is."""
    values = _values(kind, what, None, None)
    try:
        with db.engine.begin() as connection:
            connection.execute(insert(SecurityEvent).values(**values))
    except DBAPIError:
        _into_the_log(values)


def _values(kind: EventKind, what: str, name: str | None, user_id: int | None) -> dict[str, Any]:
    origin = current_origin()
    return {
        "at": utc_now(),
        "kind": kind,
        "user_id": user_id if name is not None else origin.actor_id,
        "name": _plain(origin.actor_name if name is None else name),
        "address": _plain(origin.ip_address or "")[:64],
        "what": _plain(what),
        "request_id": origin.request_id or "",
    }


def _plain(text: str) -> str:
    """One line that every database takes."""
    return "".join(char if char.isprintable() else "�" for char in text)[:LONGEST]


def _into_the_log(values: dict[str, Any]) -> None:
    logger.error("An event could not be recorded: %r", values)
