"""Sessions of browsers and programs: begun, found again by their key, listed and ended."""

import hashlib
import secrets
from datetime import timedelta

from flask import g
from sqlalchemy import delete, or_, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import undefer, undefer_group

from obcms.kernel.db.connections import without_waiting
from obcms.kernel.db.types import utc_now
from obcms.kernel.extensions import db
from obcms.kernel.security.models import EventKind
from obcms.kernel.security.record import record_event
from obcms.people.demands import DEMANDED, demanded_count
from obcms.people.models import OF_EVERY_PAGE, SessionKind, User, UserSession
from obcms.people.models.session import LONGEST_AGENT

LASTS = {SessionKind.BROWSER: timedelta(hours=12), SessionKind.PROGRAM: timedelta(days=7)}
IDLE = timedelta(minutes=30)
NOTED_EVERY = timedelta(minutes=1)
MOST_SHOWN = 50
USED = "used_session"


def begin(user: User, kind: SessionKind, address: str | None, agent: str) -> str:
    """A new session; its key is for its owner alone, and shown only now."""
    key, now = secrets.token_urlsafe(32), utc_now()
    _forget_ended(user)
    db.session.add(
        UserSession(
            user_id=user.id,
            kind=kind,
            key_hash=_hashed(key),
            stamp=user.stamp,
            address=(address or "")[:64],
            agent="".join(char for char in agent if char.isprintable())[:LONGEST_AGENT],
            began_at=now,
            used_at=now,
            ends_at=now + LASTS[kind],
        )
    )
    db.session.flush()
    return key


def find_user(key: object, kind: SessionKind) -> User | None:
    """The active user whose living session this is; notes that it is used."""
    if not isinstance(key, str):
        return None
    along = [undefer(User.has_second_factor), undefer(User.needs_second_factor)]
    if kind is SessionKind.BROWSER:
        along.append(undefer_group(OF_EVERY_PAGE))
    query = (
        select(User, UserSession.id, UserSession.used_at, demanded_count())
        .join(UserSession, (UserSession.user_id == User.id) & (UserSession.stamp == User.stamp))
        .where(
            UserSession.key_hash == _hashed(key),
            UserSession.kind == kind,
            UserSession.ends_at > utc_now(),
            User.is_active,
        )
        .options(*along)
    )
    found = db.session.execute(query).first()
    if found is None:
        return None
    user, session_id, used_at, demanded = found
    setattr(g, DEMANDED, demanded)  # known for the page without a query of its own
    if utc_now() - used_at >= NOTED_EVERY:
        setattr(g, USED, session_id)
    return user


def note_use(_error: BaseException | None = None) -> None:
    """At a request's end: when the session was used last. Not worth waiting for another writer."""
    session_id = g.pop(USED, None)
    if session_id is None:
        return
    db.session.remove()  # the request is over, and what it left open must not be in the way
    statement = update(UserSession).where(UserSession.id == session_id).values(used_at=utc_now())
    try:
        with without_waiting(), db.engine.begin() as connection:
            connection.execute(statement)
    except DBAPIError:
        return  # the next request notes it


def living(user: User) -> list[UserSession]:
    """The user's sessions that can still be used, the one used last first."""
    now = utc_now()
    query = select(UserSession).where(
        UserSession.user_id == user.id,
        UserSession.stamp == user.stamp,
        UserSession.ends_at > now,
        or_(
            UserSession.kind != SessionKind.BROWSER,
            UserSession.used_at > now - IDLE - NOTED_EVERY,
        ),
    )
    newest = query.order_by(UserSession.used_at.desc(), UserSession.id.desc())
    return list(db.session.scalars(newest.limit(MOST_SHOWN)))


def is_own(session: UserSession, key: object) -> bool:
    """Whether this is the session of the key."""
    return isinstance(key, str) and session.key_hash == _hashed(key)


def end(user: User, session_id: int) -> bool:
    """Ends one of the user's own sessions at once; false where there is no such."""
    query = delete(UserSession).where(UserSession.id == session_id, UserSession.user_id == user.id)
    ended = db.session.execute(query).rowcount > 0
    if ended:
        record_event(EventKind.SESSION_ENDED)
    return ended


def end_others(user: User, key: object) -> int:
    """Ends all sessions of the user but the one of the key; returns how many."""
    kept = _hashed(key) if isinstance(key, str) else ""
    query = delete(UserSession).where(UserSession.user_id == user.id, UserSession.key_hash != kept)
    ended = db.session.execute(query).rowcount
    if ended:
        record_event(EventKind.SESSION_ENDED, f"{ended} at once")
    return ended


def sign_out(key: object) -> None:
    """Ends the session of the key: copies of it are worth nothing from now on."""
    if not isinstance(key, str):
        return
    query = delete(UserSession).where(UserSession.key_hash == _hashed(key))
    if db.session.execute(query).rowcount:
        record_event(EventKind.SIGNED_OUT)


def _forget_ended(user: User) -> None:
    """Rows that no session can live by any more: run out, or from before the present stamp."""
    ended = (UserSession.stamp != user.stamp) | (UserSession.ends_at <= utc_now())
    db.session.execute(delete(UserSession).where(UserSession.user_id == user.id, ended))


def _hashed(key: str) -> str:
    """A plain hash is enough of 256 random bits."""
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
