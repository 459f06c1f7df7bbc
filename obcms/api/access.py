"""Who calls: the token in the header, its user, and how often they may."""

import hashlib
import hmac
from contextlib import suppress
from datetime import timedelta
from typing import Any

from flask import Flask, current_app, g, request
from flask_jwt_extended import (
    create_access_token,
    create_refresh_token,
    current_user,
    decode_token,
    verify_jwt_in_request,
)
from flask_jwt_extended.exceptions import JWTExtendedException
from jwt import PyJWTError
from redis.exceptions import RedisError
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Unauthorized

from obcms.audit.context import Origin, set_origin
from obcms.extensions import jwt, limiter
from obcms.models import User
from obcms.services.sign_in import find_by_key

ACCESS, REFRESH = timedelta(hours=1), timedelta(days=7)
ATTEMPTS = 3
REFUSED = "The token is missing, expired or no longer valid."


def init_app(app: Flask) -> None:
    """Sets up tokens: read from the header alone, signed with a key of their own."""
    secret = app.config["SECRET_KEY"].encode()
    app.config.update(
        JWT_SECRET_KEY=hmac.new(secret, b"api tokens", hashlib.sha256).hexdigest(),
        JWT_ALGORITHM="HS256",
        JWT_DECODE_ALGORITHMS=["HS256"],
        JWT_TOKEN_LOCATION=["headers"],
        JWT_ACCESS_TOKEN_EXPIRES=ACCESS,
        JWT_REFRESH_TOKEN_EXPIRES=REFRESH,
    )
    jwt.init_app(app)
    jwt.user_lookup_loader(lambda _header, claims: _user_of(claims))


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
        raise _refused() from None
    user = _user_of(claims) if claims.get("type") == "refresh" else None
    if user is None:
        raise _refused()
    return user


def authenticate() -> None:
    """Whose request it is, for the service, the trail and the limit.

    Raises Unauthorized. Requests with a bad token count for their address.
    """
    try:
        verify_jwt_in_request(locations=["headers"])
    except (PyJWTError, JWTExtendedException, ValueError):
        _count("api_rate_limit")
        raise _refused() from None
    g.rate_limit_key = f"user {current_user.id}"
    set_origin(Origin(current_user.id, current_user.username, request.remote_addr, g.request_id))
    _count("api_rate_limit")


def count_attempt() -> None:
    """Before a request for a token: attempts count for their address."""
    _count("api_token_rate_limit")


def _count(setting: str) -> None:
    """Raises RateLimitExceeded when it is one too many; never fails because Redis is away.

    The limiter goes over to memory at the first failure, but a thread that was counting at the same
    moment still gets the error. It counts again, in memory then.
    """
    limit = getattr(current_app.config["OBCMS"], setting)
    for _ in range(ATTEMPTS):
        with suppress(RedisError), limiter.shared_limit(limit, scope=setting):
            return
    current_app.logger.warning("A request was not counted, because Redis comes and goes.")


def caller() -> User:
    """The user whose token came with the request."""
    return current_user._get_current_object()


def _refused() -> Unauthorized:
    return Unauthorized(REFUSED, www_authenticate=WWWAuthenticate("bearer"))


def _user_of(claims: dict[str, Any]) -> User | None:
    user = find_by_key(f"{claims.get('sub')}:{claims.get('stamp')}")
    # A role that must have a second factor gets no further than the page that sets one up.
    return None if user is None or may_not_yet(user) else user


def may_not_yet(user: User) -> bool:
    """Whether the user's role needs a second factor that the user has not set up."""
    return user.needs_second_factor and not user.has_second_factor
