"""What every web request goes through: its origin for the audit trail, and its error pages."""

import secrets

from flask import Flask, Response, g, render_template, request
from flask.sessions import SecureCookieSessionInterface
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.middleware.proxy_fix import ProxyFix

from obcms.audit.context import Origin, set_origin
from obcms.errors import Conflict, Forbidden, Invalid, NotFound, ObcmsError
from obcms.extensions import db
from obcms.services.integrity import explain, is_lost_race
from obcms.services.sign_in import Locked

STATUS = {Invalid: 422, Conflict: 409, Forbidden: 403, NotFound: 404, Locked: 429}
TITLES = {
    400: "The request could not be read",
    403: "Not allowed",
    404: "Not found",
    405: "Not allowed here",
    409: "Somebody else was first",
    413: "The file is too large",
    422: "Please check the input",
    429: "Too many attempts",
    500: "Something went wrong",
}


def init_app(app: Flask) -> None:
    """Registers the request hooks and one error page for every kind of refusal."""
    app.session_interface = Sessions()
    _trust_proxies(app, app.config["OBCMS"].trusted_proxies)
    app.before_request(_begin)
    app.teardown_request(lambda _error: set_origin(None))
    app.after_request(_harden)
    app.register_error_handler(ObcmsError, _refused)
    app.register_error_handler(IntegrityError, lambda error: _refused(explain(error)))
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


def _begin() -> None:
    g.request_id = secrets.token_hex(8)
    user = current_user if current_user.is_authenticated else None
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


def _refused(error: ObcmsError) -> tuple[object, int]:
    db.session.rollback()
    problems = error.problems if isinstance(error, Invalid) else ()
    messages = [problem.message for problem in problems] or [str(error)]
    return _answer(error_status(error), messages, [problem.pointer for problem in problems])


def _lost_race(error: Exception) -> tuple[object, int]:
    if isinstance(error, OperationalError) and not is_lost_race(error):
        raise error
    return _refused(
        Conflict("Somebody else changed the same thing at the same moment. Please try again.")
    )


def _http_error(error: HTTPException) -> tuple[object, int]:
    if isinstance(error, SecurityError):
        # The host is not one of ours, so there is no address that a page could link to.
        return "This host is not served here.", 400
    return _answer(error.code or 500, [error.description or TITLES.get(error.code or 500, "")], [])


def _answer(status: int, messages: list[str], pointers: list[str]) -> tuple[object, int]:
    wants_json = request.accept_mimetypes.best_match(["text/html", "application/json"])
    if wants_json == "application/json":
        problems = [
            {"message": message, "pointer": pointer}
            for message, pointer in zip(messages, pointers or [""] * len(messages), strict=True)
        ]
        return {
            "title": TITLES.get(status, "Error"),
            "status": status,
            "problems": problems,
        }, status
    page = render_template(
        "error.html", status=status, title=TITLES.get(status, "Error"), messages=messages
    )
    return page, status
