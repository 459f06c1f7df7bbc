"""Apps to test: a new one with settings of its own, or the one that a test process keeps."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask
from flask_migrate import upgrade

from obcms.application import create_app
from obcms.kernel.config import Settings
from obcms.kernel.extensions import db, limiter
from tests.support.clients import OwnContextClient
from tests.support.passwords import let_passwords_suffice

MIGRATIONS = Path(__file__).parent.parent.parent / "migrations"


def make_app(uri: str, instance: Path, **settings: Any) -> Flask:
    """An app on the database; forms need no CSRF token, as in most tests nobody forges one."""
    given = {"secret_key": "test", "testing": True, "instance_path": instance} | settings
    app = create_app(Settings(_env_file=None, database_url=uri, **given))
    app.config["WTF_CSRF_ENABLED"] = False
    app.test_client_class = OwnContextClient
    return app


def migrate(uri: str, instance: Path) -> None:
    """Brings the database to head and lets go of it."""
    app = make_app(uri, instance)
    with app.app_context():
        upgrade(str(MIGRATIONS))
        let_passwords_suffice()
        db.engine.dispose()
    logging.getLogger("alembic").setLevel(logging.WARNING)


@contextmanager
def serving(uri: str, home: Path, **settings: Any) -> Iterator[Flask]:
    """A new app with its context pushed; the connections are closed afterwards."""
    with in_context(make_app(uri, home, **settings)) as app:
        yield app


@contextmanager
def in_context(app: Flask) -> Iterator[Flask]:
    """The app with its context pushed; the connections are closed afterwards."""
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


class KeptApp:
    """An app made once, since making it takes longer than most tests do.

    What a test may have changed of it is set back before the next: configuration, settings,
    extensions, connections, counts of requests, the client of tests.
    """

    def __init__(self, uri: str, home: Path, **settings: Any) -> None:
        self._app = make_app(uri, home, **settings)
        self._config = dict(self._app.config)
        self._extensions = dict(self._app.extensions)
        self._settings = dict(self._app.config["OBCMS"])

    def as_new(self, home: Path) -> Flask:
        """The app as it was made, with this instance folder and no connection to a database.

        A connection that outlived a test would still be one to the database of that test.
        """
        app = self._app
        with app.app_context():
            db.engine.dispose()
        app.config.clear()
        app.config.update(self._config)
        app.extensions.update(self._extensions)
        vars(app.config["OBCMS"]).update(self._settings | {"instance_path": home})
        app.instance_path = str(home)
        app.test_client_class = OwnContextClient
        limiter.init_app(app)
        return app
