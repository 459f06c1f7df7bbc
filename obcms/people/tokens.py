"""Tokens of the API: made for a user, and traced back to one (SPEC 12)."""

from typing import Any

from flask_jwt_extended import create_access_token, create_refresh_token, decode_token
from flask_jwt_extended.exceptions import JWTExtendedException
from jwt import PyJWTError

from obcms.kernel.api.access import refused
from obcms.people.models import User
from obcms.people.sign_in import find_by_key


def make_access_token(user: User) -> str:
    """A token for one hour; it dies earlier with the user's stamp."""
    return create_access_token(str(user.id), additional_claims={"stamp": user.stamp})


def make_refresh_token(user: User) -> str:
    """A token for seven days that only buys access tokens."""
    return create_refresh_token(str(user.id), additional_claims={"stamp": user.stamp})


def user_of_refresh_token(token: str) -> User:
    """The user whose refresh token it is; raises Unauthorized."""
    try:
        claims = decode_token(token)
    except (PyJWTError, JWTExtendedException, ValueError):
        raise refused() from None
    user = user_of(claims) if claims.get("type") == "refresh" else None
    if user is None:
        raise refused()
    return user


def user_of(claims: dict[str, Any]) -> User | None:
    """The user that a token's claims speak of, while they may come in."""
    user = find_by_key(f"{claims.get('sub')}:{claims.get('stamp')}")
    # A role that must have a second factor gets no further than the page that sets one up.
    return None if user is None or may_not_yet(user) else user


def may_not_yet(user: User) -> bool:
    """Whether the user's role needs a second factor that the user has not set up."""
    return user.needs_second_factor and not user.has_second_factor
