"""What every web request goes through: its origin for the audit trail, and its error pages."""

import json
import secrets
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress

from flask import Flask, Response, abort, g, render_template, request
from flask.sessions import SecureCookieSessionInterface
from flask.typing import ResponseReturnValue
from flask_limiter import RateLimitExceeded
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from redis.exceptions import RedisError
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.middleware.proxy_fix import ProxyFix

from obcms.kernel.audit.origin import Origin, set_origin
from obcms.kernel.db.constraints import explain, is_lost_race, is_overflow
from obcms.kernel.errors import (
    TITLES,
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    ObcmsError,
    Problem,
    Stale,
    TooMany,
)
from obcms.kernel.extensions import db, limiter

# Headers of an HTTP error that its answer keeps.
PASSED_ON = frozenset({"Allow", "Retry-After", "WWW-Authenticate"})
STATUS = {Invalid: 422, Stale: 412, Conflict: 409, Forbidden: 403, NotFound: 404, TooMany: 429}
# What the framework would say in words of its own.
IN_WORDS = {
    404: "There is nothing at this address.",
    405: "This address does not take that method.",
    413: "What was sent is larger than this server takes.",
    429: "There were too many requests. Please wait a little and try again.",
}


def init_app(app: Flask) -> None:
    """Registers the request hooks and one error page for every kind of refusal."""
    app.session_interface = Sessions()
    _trust_proxies(app, app.config["OBCMS"].trusted_proxies)
    app.before_request(_begin)
    app.before_request(_refuse_nul)
    app.teardown_request(lambda _error: set_origin(None))
    app.after_request(_harden)
    app.register_error_handler(ObcmsError, _refused)
    for refused in (IntegrityError, DataError):
        app.register_error_handler(refused, lambda error: _refused(explain(error)))
    for lost_race in (StaleDataError, OperationalError):
        app.register_error_handler(lost_race, _lost_race)
    app.register_error_handler(CSRFError, _http_error)
    app.register_error_handler(HTTPException, _http_error)


class Sessions(SecureCookieSessionInterface):
    """The session cookie never leaves https once the browser got it over https."""

    def get_cookie_secure(self, app: Flask) -> bool:  # noqa: ARG002 # the base class's shape
        return request.is_secure


def _trust_proxies(app: Flask, count: int) -> None:
    """Takes the client's address from as many proxies as there are; others could make it up."""
    if count:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count)  # type: ignore[method-assign]


def _in_api() -> bool:
    return request.path.startswith("/api/")


def _refuse_nul() -> None:
    """PostgreSQL stores no NUL, and no screen has a use for one."""
    if not request.path.startswith("/admin/"):
        return
    for sent in (request.args, request.form):
        if any("\0" in text for pair in sent.items(multi=True) for text in pair):
            abort(400, "The input holds a character that cannot be stored.")


def _begin() -> None:
    g.request_id = secrets.token_hex(8)
    # A program brings a token to the API, which says who it is; cookies are not looked at there.
    user = None if _in_api() or not current_user.is_authenticated else current_user
    set_origin(
        Origin(
            user.id if user else None,
            user.username if user else "anonymous",
            request.remote_addr,
            g.request_id,
        )
    )


def _harden(response: Response) -> Response:
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("X-Frame-Options", "SAMEORIGIN")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    if request.endpoint != "static" and not request.path.startswith("/admin/static"):
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def error_status(error: ObcmsError) -> int:
    """The HTTP status that says what kind of refusal this is."""
    return next(status for kind, status in STATUS.items() if isinstance(error, kind))


def _refused(error: ObcmsError) -> ResponseReturnValue:
    db.session.rollback()
    problems = error.problems if isinstance(error, Invalid) else [Problem(str(error))]
    headers = {"Retry-After": str(error.retry_after)} if isinstance(error, TooMany) else {}
    return _answer(error_status(error), problems, headers)


def _lost_race(error: Exception) -> ResponseReturnValue:
    if isinstance(error, OperationalError) and is_overflow(error):
        return _refused(explain(error))
    if isinstance(error, OperationalError) and not is_lost_race(error):
        raise error
    return _refused(
        Conflict("Somebody else changed the same thing at the same moment. Please try again.")
    )


def _http_error(error: HTTPException) -> ResponseReturnValue:
    if isinstance(error, SecurityError) and not _in_api():
        # The host is not one of ours, so there is no address that a page could link to.
        return "This host is not served here.", 400
    status = error.code or 500
    if error.response is not None and status < 400:
        return error.get_response()
    headers = {name: value for name, value in error.get_headers() if name in PASSED_ON}
    if isinstance(error, RateLimitExceeded):
        headers["Retry-After"] = str(_seconds_to_wait())
    by_us = error.description != type(error).description
    by_us = by_us and not isinstance(error, RateLimitExceeded)
    message = error.description if by_us else IN_WORDS.get(status, error.description)
    return _answer(status, [Problem(message or TITLES.get(status, ""))], headers)


def _seconds_to_wait() -> int:
    with suppress(RedisError):
        if limit := limiter.current_limit:
            return max(1, int(limit.reset_at - time.time()) + 1)
    return 60


def _answer(
    status: int, problems: Sequence[Problem], headers: Mapping[str, str]
) -> ResponseReturnValue:
    title = TITLES.get(status, "Error")
    in_api = _in_api()
    wanted = request.accept_mimetypes.best_match(["text/html", "application/json"])
    if in_api or wanted == "application/json":
        body = {
            "title": title,
            "status": status,
            "detail": problems[0].message if problems else title,
            "problems": [
                {
                    "message": one.message,
                    "pointer": _pointer(one.pointer) if in_api else one.pointer,
                }
                for one in problems
            ],
        }
        kind = "application/problem+json" if in_api else "application/json"
        return Response(json.dumps(body), status, headers, mimetype=kind)
    messages = [problem.message for problem in problems]
    page = render_template("error.html", status=status, title=title, messages=messages)
    return page, status, dict(headers)


def _pointer(name: str) -> str:
    """A JSON pointer (RFC 6901) from the name of a field."""
    return f"/{name}" if name and not name.startswith("/") else name
