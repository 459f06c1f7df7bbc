"""What every web request goes through: its origin for the audit trail, and safe answers."""

import logging
import secrets

from flask import Flask, Response, abort, g, has_request_context, request
from flask.sessions import SecureCookieSessionInterface
from flask_login import current_user

from obcms.kernel import answers, wsgi
from obcms.kernel.answers import in_api
from obcms.kernel.audit.origin import Origin, set_origin


def init_app(app: Flask) -> None:
    """Registers the request hooks, and an answer for every kind of refusal."""
    app.session_interface = Sessions()
    wsgi.init_app(app)
    app.before_request(_begin)
    app.before_request(_refuse_nul)
    app.teardown_request(lambda _error: set_origin(None))
    app.after_request(_harden)
    app.logger.addFilter(_name_the_request)
    answers.init_app(app)


class Sessions(SecureCookieSessionInterface):
    """The session cookie never leaves https once the browser got it over https."""

    def get_cookie_secure(self, app: Flask) -> bool:  # noqa: ARG002 # the base class's shape
        return request.is_secure


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
    user = None if in_api() or not current_user.is_authenticated else current_user
    set_origin(
        Origin(
            user.id if user else None,
            user.username if user else "anonymous",
            request.remote_addr,
            g.request_id,
        )
    )


def _name_the_request(record: logging.LogRecord) -> bool:
    """Puts the reference that an error's page names before what is logged, tracebacks too."""
    if has_request_context() and "request_id" in g:
        record.msg = f"[{g.request_id}] {record.msg}"
    return True


def _harden(response: Response) -> Response:
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("X-Frame-Options", "SAMEORIGIN")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    if "request_id" in g:
        response.headers["X-Request-ID"] = g.request_id
    if not _is_file_of_the_app():  # a download is an answer too, whatever its sender says
        response.headers["Cache-Control"] = "no-store"
    return response


def _is_file_of_the_app() -> bool:
    """Whether the answer is a style, a script or a picture, which are everybody's."""
    endpoint = request.endpoint or ""
    return endpoint == "static" or endpoint.endswith(".static")
