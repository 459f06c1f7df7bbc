"""Nothing of one test reaches into the next: no request that still runs, no connection."""

import socket
import time
from collections.abc import Callable
from pathlib import Path

from flask import Flask
from sqlalchemy import func, select

from obcms.kernel.extensions import db
from obcms.organizations.models import Organization
from tests.support.apps import KeptApp
from tests.support.web_server import served


def test_a_server_ends_after_its_last_request(own_app: Flask) -> None:
    ended = []

    def view() -> str:
        begun.append(True)
        time.sleep(1)  # the server looks every half second whether to end
        ended.append(db.session.scalar(select(func.count(Organization.id))))
        return "done"

    begun: list[bool] = []
    own_app.add_url_rule("/slow", view_func=view)
    with served(own_app) as home:
        port = int(home.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port)) as client:
            client.sendall(b"GET /slow HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
            while not begun:
                time.sleep(0.01)
    assert len(ended) == 1


def test_a_kept_app_begins_without_a_connection(
    database: str, apps: Callable[..., KeptApp], tmp_path: Path
) -> None:
    app = apps(database).as_new(tmp_path)
    with app.app_context():
        db.session.scalar(select(func.count(Organization.id)))
        db.session.remove()
        left = db.engine.pool
        assert left.checkedin() == 1
        apps(database).as_new(tmp_path)
        assert (left.checkedin(), db.engine.pool.checkedin()) == (0, 0)
        db.engine.dispose()
