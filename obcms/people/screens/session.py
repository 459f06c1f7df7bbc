"""Who is signed in: the session's key, its stamp, and the half hour after which it ends."""

from datetime import timedelta

from flask import flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_user

from obcms.kernel.db.types import utc_now
from obcms.people.models import User
from obcms.people.sign_in import find_by_key

IDLE = timedelta(minutes=30)
SEEN = "seen_at"
USER = "_user_id"  # Flask-Login's own name for it
WITHOUT_SECOND_FACTOR = frozenset({"auth.set_up_second_factor", "auth.sign_out"})


def moment_now() -> int:
    """Seconds since 1970, as a session keeps a time."""
    return int(utc_now().timestamp())


def enter(user: User) -> None:
    """Begins a session of the user, with nothing left of an earlier one."""
    session.clear()
    login_user(user)
    session[SEEN] = moment_now()


def load_user(key: str) -> User | None:
    """What Flask-Login asks at each request."""
    return None if _is_idle() else find_by_key(key)


def guard() -> ResponseReturnValue | None:
    """Before each request: ends what has ended, and leads to the second factor a role needs."""
    if request.path.startswith("/api/"):  # a program brings a token; cookies are not looked at
        return None
    if request.endpoint == "static" or (request.endpoint or "").endswith(".static"):
        return None
    if not current_user.is_authenticated:
        if USER in session:
            _end()
        return None
    session[SEEN] = moment_now()
    missing = current_user.needs_second_factor and not current_user.has_second_factor
    if missing and request.endpoint not in WITHOUT_SECOND_FACTOR:
        return redirect(url_for("auth.set_up_second_factor"))
    return None


def _is_idle() -> bool:
    return moment_now() - session.get(SEEN, 0) > IDLE.total_seconds()


def _end() -> None:
    why = (
        "You were signed out after 30 minutes without activity."
        if _is_idle()
        else "Your session has ended, because your sign-in was changed."
    )
    session.clear()
    flash(f"{why} Please sign in again.", "info")
