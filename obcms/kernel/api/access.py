"""Who calls: the token in the header, its user, and how often they may."""

import hashlib
import hmac
from contextlib import suppress
from datetime import timedelta
from typing import Any

from flask import Flask, current_app, g, request
from flask_jwt_extended import (
    current_user,
    verify_jwt_in_request,
)
from flask_jwt_extended.exceptions import JWTExtendedException
from jwt import PyJWTError
from redis.exceptions import RedisError
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Unauthorized

from obcms.kernel.audit.origin import Origin, set_origin
from obcms.kernel.extensions import jwt, limiter

ACCESS, REFRESH = timedelta(hours=1), timedelta(days=7)
# The machine that made a token may be that much ahead of the one that reads it.
CLOCKS_MAY_DIFFER = timedelta(seconds=30)
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
        JWT_DECODE_LEEWAY=CLOCKS_MAY_DIFFER,
    )
    jwt.init_app(app)


def authenticate() -> None:
    """Whose request it is, for the service, the trail and the limit.

    Raises Unauthorized. Requests with a bad token count for their address.
    """
    try:
        verify_jwt_in_request(locations=["headers"])
    except (PyJWTError, JWTExtendedException, ValueError):
        _count("api_rate_limit")
        raise refused() from None
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


def caller() -> Any:
    """The user whose token came with the request."""
    return current_user._get_current_object()


def refused() -> Unauthorized:
    """The answer to a token that is missing, expired or no longer valid."""
    return Unauthorized(REFUSED, www_authenticate=WWWAuthenticate("bearer"))
