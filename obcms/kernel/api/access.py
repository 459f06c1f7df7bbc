"""Who calls: the token in the header, its user, and how often they may."""

import hashlib
import hmac
from collections.abc import Mapping
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
    app.config.update(
        JWT_SECRET_KEY=_key(app.config["SECRET_KEY"]),
        JWT_ALGORITHM="HS256",
        JWT_DECODE_ALGORITHMS=["HS256"],
        JWT_TOKEN_LOCATION=["headers"],
        JWT_ACCESS_TOKEN_EXPIRES=ACCESS,
        JWT_REFRESH_TOKEN_EXPIRES=REFRESH,
        JWT_DECODE_LEEWAY=CLOCKS_MAY_DIFFER,
    )
    jwt.init_app(app)


def _key(secret: str) -> str:
    """What tokens are signed with, made from the server's own key."""
    return hmac.new(secret.encode(), b"api tokens", hashlib.sha256).hexdigest()


def _name(secret: str) -> str:
    """What a token calls its key, which cannot be told from it."""
    return hmac.new(_key(secret).encode(), b"name", hashlib.sha256).hexdigest()[:16]


@jwt.encode_key_loader
def _present_key(_identity: object) -> str:
    return _key(current_app.config["SECRET_KEY"])


@jwt.additional_headers_loader
def _name_present_key(_identity: object) -> dict[str, str]:
    return {"kid": _name(current_app.config["SECRET_KEY"])}


@jwt.decode_key_loader
def _key_named(headers: Mapping[str, Any], _claims: object) -> str:
    """The key that the token names, an earlier one too; the present one where it names none."""
    config = current_app.config
    earlier = config["SECRET_KEY_FALLBACKS"] or ()
    named = (secret for secret in earlier if _name(secret) == headers.get("kid"))
    return _key(next(named, config["SECRET_KEY"]))


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
