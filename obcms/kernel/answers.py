"""What a request is answered that cannot be done: one page, and one kind of JSON, for them all."""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from types import MappingProxyType

from flask import Flask, Response, current_app, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_limiter import RateLimitExceeded
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from redis.exceptions import RedisError
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, InternalServerError, SecurityError

from obcms.kernel.db.constraints import RACE, explain, is_lost_race, is_overflow
from obcms.kernel.db.outage import outage
from obcms.kernel.db.types import utc_now
from obcms.kernel.errors import (
    CODES,
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
from obcms.kernel.security.models import EventKind
from obcms.kernel.security.record import record_now

# Headers of an HTTP error that its answer keeps.
PASSED_ON = frozenset({"Allow", "Retry-After", "WWW-Authenticate"})
STATUS = {Invalid: 422, Stale: 412, Conflict: 409, Forbidden: 403, NotFound: 404, TooMany: 429}
# What the framework would say in words of its own.
IN_WORDS = {
    404: "There is nothing at this address.",
    405: "This address does not take that method.",
    413: "What was sent is larger than this server takes.",
    429: "There were too many requests. Please wait a little and try again.",
    500: "This is a fault of OBCMS. Nothing was changed.",
}
AWAY_SECONDS = 15
NOTHING_CHANGED = "Nothing was changed. Please try again in a minute."


def init_app(app: Flask) -> None:
    """Registers an answer for everything that can go wrong."""
    app.register_error_handler(ObcmsError, _refused)
    for refused in (IntegrityError, DataError):
        app.register_error_handler(refused, lambda error: _refused(explain(error)))
    app.register_error_handler(StaleDataError, lambda _error: _refused(Conflict(RACE)))
    for failed in (DBAPIError, PoolExhausted, OSError):
        app.register_error_handler(failed, _failed)
    app.register_error_handler(CSRFError, _http_error)
    app.register_error_handler(HTTPException, _http_error)


def in_api() -> bool:
    """Whether a program asks, which gets JSON alone."""
    return request.path.startswith("/api/")


def error_status(error: ObcmsError) -> int:
    """The HTTP status that says what kind of refusal this is."""
    return next(status for kind, status in STATUS.items() if isinstance(error, kind))


def _refused(error: ObcmsError) -> ResponseReturnValue:
    db.session.rollback()
    problems = error.problems if isinstance(error, Invalid) else [Problem(str(error))]
    headers = {"Retry-After": str(error.retry_after)} if isinstance(error, TooMany) else {}
    return _answer(error_status(error), problems, headers, error.details)


def _failed(error: DBAPIError | PoolExhausted | OSError) -> ResponseReturnValue:
    """A lost race is a conflict, an outage a pause; everything else stays a fault."""
    if isinstance(error, DBAPIError) and is_overflow(error):
        return _refused(explain(error))
    if isinstance(error, DBAPIError) and is_lost_race(error):
        return _refused(Conflict(RACE))
    with suppress(DBAPIError):
        db.session.rollback()
    reason = outage(error)
    if reason is None:
        raise error
    current_app.logger.error("503 %s %r: %s", request.method, request.path, reason)
    problems = [Problem(f"{reason} {NOTHING_CHANGED}")]
    headers = {"Retry-After": str(AWAY_SECONDS)}
    if _wants_json():
        return Response(_as_json(503, problems), 503, headers, mimetype=_json_kind())
    # Without who is signed in, which would ask the database again.
    template = current_app.jinja_env.get_template("outage.html")
    page = template.render(title=TITLES[503], reason=reason, promise=NOTHING_CHANGED, ref=_ref())
    return page, 503, headers


def _http_error(error: HTTPException) -> ResponseReturnValue:
    if isinstance(error, InternalServerError):
        if error.original_exception and outage(error.original_exception):
            return _failed(error.original_exception)  # type: ignore[arg-type]
        with suppress(DBAPIError):
            db.session.rollback()  # the page reads again who is signed in
    if isinstance(error, SecurityError) and not in_api():
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
            return max(1, int(limit.reset_at - utc_now().timestamp()) + 1)
    return 60


def _answer(
    status: int,
    problems: Sequence[Problem],
    headers: Mapping[str, str],
    details: Mapping[str, str] = MappingProxyType({}),
) -> ResponseReturnValue:
    if status == 403:
        record_now(EventKind.REFUSED, f"{request.method} {request.path}")
    messages = [problem.message for problem in problems]
    log = current_app.logger
    log.warning("%d %s %r: %.200r", status, request.method, request.path, " ".join(messages))
    if _wants_json():
        body = _as_json(status, problems, details)
        return Response(body, status, headers, mimetype=_json_kind())
    return _page(status, messages), status, dict(headers)


def _page(status: int, messages: Sequence[str]) -> str:
    """Inside the navigation for who is signed in, so that they can go on."""
    shown = {"status": status, "title": TITLES.get(status, "Error"), "messages": messages}
    shown["ref"] = _ref()
    if not current_user.is_authenticated:
        return render_template("error.html", **shown)
    front = current_app.extensions["admin"][0].index_view
    return front.render("error_in_place.html", **shown)


def _ref() -> str:
    return g.get("request_id", "")


def _wants_json() -> bool:
    wanted = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return in_api() or wanted == "application/json"


def _json_kind() -> str:
    return "application/problem+json" if in_api() else "application/json"


def _as_json(
    status: int, problems: Sequence[Problem], details: Mapping[str, str] = MappingProxyType({})
) -> str:
    title = TITLES.get(status, "Error")
    told = [
        {"message": one.message, "pointer": _pointer(one.pointer) if in_api() else one.pointer}
        for one in problems
    ]
    detail = problems[0].message if problems else title
    body = {"title": title, "status": status, "detail": detail, "problems": told}
    code = {"code": CODES.get(status, "fault")}
    return json.dumps(body | {"reference": _ref()} | code | dict(details))


def _pointer(name: str) -> str:
    """A JSON pointer (RFC 6901) from the name of a field."""
    return f"/{name}" if name and not name.startswith("/") else name
