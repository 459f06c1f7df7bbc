"""The app on a port of this machine, each request in a thread of its own."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.support.clients import expect_committed


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """Yields the address, and ends when the last request has, whoever still waits for its answer.

    Fails afterwards when a request has left changes uncommitted.
    """
    whole = _Whole(app)
    server = make_server("127.0.0.1", 0, whole, threaded=True, request_handler=_Impatient)
    server.daemon_threads = False  # those are left to run on, into the next test's database
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert not whole.faults, "\n".join(whole.faults)


class _Impatient(WSGIRequestHandler):
    """Closes a connection on which nobody says anything."""

    timeout = 5


class _Whole:
    """Hands over each answer whole and closed.

    Werkzeug's own server leaves the file of an answer open when the browser has gone away.
    """

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.faults: list[str] = []

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        statuses: list[int] = []

        def start(status: str, *args: Any) -> Any:
            statuses.append(int(status.split()[0]))
            return start_response(status, *args)

        with self.app.app_context():
            answer = self.app(environ, start)
            try:
                return list(answer)
            finally:
                if close := getattr(answer, "close", None):
                    close()
                self._check(environ, statuses[-1])

    def _check(self, environ: dict[str, Any], status: int) -> None:
        try:
            expect_committed(status)
        except AssertionError as error:
            self.faults.append(f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}: {error}")
