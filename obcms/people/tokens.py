"""Tokens of the API: made for a session of a program, and traced back to its user (SPEC 12)."""

from typing import Any

from flask_jwt_extended import create_access_token, create_refresh_token, decode_token
from flask_jwt_extended.exceptions import JWTExtendedException
from jwt import PyJWTError

from obcms.people.models import SessionKind, User
from obcms.people.sessions import begin, find_user

SESSION = "sid"


def begin_session(user: User, address: str | None, agent: str) -> str:
    """A session of seven days for a program; its key goes into the tokens. The caller commits."""
    return begin(user, SessionKind.PROGRAM, address, agent)


def make_access_token(user: User, key: str) -> str:
    """A token for one hour; it dies earlier with its session."""
    return create_access_token(str(user.id), additional_claims={SESSION: key})


def make_refresh_token(user: User, key: str) -> str:
    """A token for seven days that only buys access tokens."""
    return create_refresh_token(str(user.id), additional_claims={SESSION: key})


def claims_of_refresh_token(token: str) -> dict[str, Any] | None:
    """What a refresh token says; None of one that is wrongly signed, expired or of another type."""
    try:
        claims = decode_token(token)
    except (PyJWTError, JWTExtendedException, ValueError):
        return None
    return claims if claims.get("type") == "refresh" else None


def user_of(claims: dict[str, Any]) -> User | None:
    """The user that a token's claims speak of, while the session lives and they may come in."""
    user = find_user(claims.get(SESSION), SessionKind.PROGRAM)
    if user is None or str(user.id) != claims.get("sub"):
        return None
    # Who has to do something on the screens first gets no further with a program.
    return None if may_not_yet(user) else user


def may_not_yet(user: User) -> str:
    """What the user has to do on the screens before a program may come in; else nothing."""
    if user.must_change_password:
        return "Please sign in on the screens and choose a password of your own."
    if user.needs_second_factor and not user.has_second_factor:
        return "Your role needs a second factor. Please set it up on the screens."
    return ""
