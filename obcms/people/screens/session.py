"""Who is signed in: the session's key, and what the session may open."""

from flask import flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_user

from obcms.kernel.db.types import utc_now
from obcms.kernel.extensions import db
from obcms.people.models import SessionKind, User
from obcms.people.sessions import IDLE, begin, find_user

SEEN = "seen_at"
KEY = "key"
USER = "_user_id"  # Flask-Login's own name for it
SIGN_OUT = "auth.sign_out"
CHANGE_PASSWORD = "auth.change_own_password"
SECOND_FACTOR = "auth.set_up_second_factor"


def moment_now() -> int:
    """Seconds since 1970, as a session keeps a time."""
    return int(utc_now().timestamp())


def enter(user: User) -> None:
    """Begins a session of the user, with nothing left of an earlier one; commits it."""
    session.clear()
    key = begin(user, SessionKind.BROWSER, request.remote_addr, request.user_agent.string)
    db.session.commit()
    login_user(user)
    session[KEY], session[SEEN] = key, moment_now()


def load_user(key: str) -> User | None:
    """What Flask-Login asks at each request."""
    user = None if _is_idle() else find_user(session.get(KEY), SessionKind.BROWSER)
    return user if user is not None and user.get_id() == key else None


def guard() -> ResponseReturnValue | None:
    """Before each request: ends what has ended, and leads to what has to be done first."""
    if request.path.startswith("/api/"):  # a program brings a token; cookies are not looked at
        return None
    if request.endpoint == "static" or (request.endpoint or "").endswith(".static"):
        return None
    if not current_user.is_authenticated:
        if USER in session:
            _end()
        return None
    session[SEEN] = moment_now()
    first = _to_do_first()
    if first is None or request.endpoint in (first, SIGN_OUT):
        return None
    return redirect(url_for(first))


def _to_do_first() -> str | None:
    """The page that a user must deal with before any other."""
    if current_user.must_change_password:
        return CHANGE_PASSWORD
    if current_user.needs_second_factor and not current_user.has_second_factor:
        return SECOND_FACTOR
    return None


def _is_idle() -> bool:
    return moment_now() - session.get(SEEN, 0) > IDLE.total_seconds()


def _end() -> None:
    why = (
        "You were signed out after 30 minutes without activity."
        if _is_idle()
        else "Your session has ended: after 12 hours, because your sign-in was changed, or because "
        "it was ended elsewhere."
    )
    session.clear()
    flash(f"{why} Please sign in again.", "info")
