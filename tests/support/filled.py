"""Databases that are filled once in a test process, and copied for each later test."""

import shutil
from collections.abc import Callable
from pathlib import Path

from sqlalchemy.engine import URL, make_url

from obcms.kernel.extensions import db
from tests.support.postgres import execute


class Filled:
    """Keeps a copy of what each filling left in the fresh database that it was first made in."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._made: set[str] = set()

    def bring(self, uri: str | URL, fill: Callable[[], object], name: str = "") -> None:
        """The database as `fill` leaves a fresh one; what a test wrote to it before is gone.

        Within an app's context, whose connections to the database are closed by it. `name` tells
        this filling from others; without one it is the function's.
        """
        url = make_url(uri)
        name = f"{url.get_backend_name()}_{name or fill.__name__}"
        if name in self._made:
            _let_go()
            self._copy_back(url, name)
            return
        fill()
        db.session.commit()
        _let_go()
        self._keep(url, name)
        self._made.add(name)

    def _keep(self, url: URL, name: str) -> None:
        if url.get_backend_name() == "sqlite":
            shutil.copy(url.database, self._home / name)
        else:
            execute(_server(url), f"CREATE DATABASE {name} TEMPLATE {url.database}")

    def _copy_back(self, url: URL, name: str) -> None:
        if url.get_backend_name() == "sqlite":
            shutil.copy(self._home / name, url.database)
        else:
            execute(_server(url), f"DROP DATABASE {url.database} WITH (FORCE)")
            execute(_server(url), f"CREATE DATABASE {url.database} TEMPLATE {name}")


def _let_go() -> None:
    """SQLite writes all into its one file when the last connection closes."""
    db.session.remove()
    db.engine.dispose()


def _server(url: URL) -> str:
    return url.set(drivername="postgresql", database="").render_as_string(hide_password=False)
