"""What is settled before Flask sees a request: which host it is for, and what a proxy may say."""

import json
import os
import re
from collections.abc import Iterable
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response

from obcms.kernel.errors import TITLES

Environ = dict[str, Any]
# RFC 1123 with the underscore that container names have; or an IPv6 address.
HOST = re.compile(
    r"(?=[^:]{1,254}(?::|$))(?:(?!-)[a-z0-9_-]{1,63}(?<!-)\.)*(?!-)[a-z0-9_-]{1,63}(?<!-)\.?"
    r"|\[[0-9a-f:.]{2,45}\]",
    re.ASCII | re.IGNORECASE,
)
PORT = re.compile(r"(?::([0-9]{0,5}))?", re.ASCII)
NO_HOST = "There can be no host of this name."


def init_app(app: Flask) -> None:
    """Wraps the app. The client's address comes from as many proxies as there are."""
    count = app.config["OBCMS"].trusted_proxies
    inner = app.wsgi_app
    if count:
        inner = ProxyFix(inner, x_for=count, x_proto=count)
    app.wsgi_app = Gate(inner, behind_proxy=bool(count))  # type: ignore[method-assign]


class Gate:
    """Refuses a host that cannot be, which would end in a fault wherever an address is made."""

    def __init__(self, app: Any, behind_proxy: bool) -> None:
        self.app, self.behind_proxy = app, behind_proxy

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        host = environ.get("HTTP_HOST", "")
        if host and not is_possible(host):
            return _refusal(environ["PATH_INFO"])(environ, start_response)
        if not self.behind_proxy:
            _forget_prefix(environ)
        return self.app(environ, start_response)


def is_possible(host: str) -> bool:
    """Whether a `Host` header can name a host, with or without a port."""
    found = HOST.match(host)
    if found is None or (port := PORT.fullmatch(host, found.end())) is None:
        return False
    return not port[1] or 1 <= int(port[1]) <= 65535


def _forget_prefix(environ: Environ) -> None:
    """Puts back what the web server cut off an address because a header said so.

    Only the process's own environment may say below which address the app is served.
    """
    own = os.environ.get("SCRIPT_NAME", "")
    given = environ.get("SCRIPT_NAME", "")
    if given != own:
        environ["PATH_INFO"] = given.removeprefix(own) + environ.get("PATH_INFO", "")
        environ["SCRIPT_NAME"] = own


def _refusal(path: str) -> Response:
    if not path.startswith("/api/"):
        return Response(NO_HOST, 400, {"Cache-Control": "no-store"}, mimetype="text/plain")
    problem = {"message": NO_HOST, "pointer": ""}
    body = {"title": TITLES[400], "status": 400, "detail": NO_HOST, "problems": [problem]}
    return Response(json.dumps(body), 400, mimetype="application/problem+json")
