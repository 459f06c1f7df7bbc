"""Fixtures: a fresh, migrated database on SQLite or PostgreSQL, an app on it, and its people."""

import logging
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from sqlalchemy import Engine, event, select

from obcms import create_app
from obcms.kernel.config import Settings
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Role
from obcms.organizations.models import Organization
from obcms.people.models import User
from obcms.people.screens.session import moment_now
from tests.support.postgres import execute, postgresql_server
from tests.support.redis_server import redis_server

MIGRATIONS = Path(__file__).parent.parent / "migrations"
PASSWORD = "correct horse battery"
NOT_QUERIES = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "PRAGMA")
_numbers = count(1)


def make_app(uri: str, instance: Path, **settings: Any) -> Flask:
    """An app on the database; forms need no CSRF token, as in most tests nobody forges one."""
    given = {"secret_key": "test", "testing": True, "instance_path": instance} | settings
    app = create_app(Settings(_env_file=None, database_url=uri, **given))
    app.config["WTF_CSRF_ENABLED"] = False
    return app


def migrate(uri: str, instance: Path) -> None:
    """Brings the database to head and lets go of it."""
    app = make_app(uri, instance)
    with app.app_context():
        upgrade(str(MIGRATIONS))
        db.engine.dispose()
    logging.getLogger("alembic").setLevel(logging.WARNING)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """A server with a migrated template database."""
    with postgresql_server() as url:
        execute(url, "CREATE DATABASE migrated")
        migrate(url + "migrated", Path("/tmp"))
        yield url


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    home = tmp_path_factory.mktemp("sqlite")
    migrate(f"sqlite:///{home / 'migrated.sqlite3'}", home)
    return home / "migrated.sqlite3"


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A real Redis-protocol server."""
    with redis_server() as url:
        yield url


@pytest.fixture
def sqlite_uri(migrated_sqlite: Path, tmp_path: Path) -> str:
    copy = tmp_path / "obcms.sqlite3"
    shutil.copy(migrated_sqlite, copy)
    return f"sqlite:///{copy}"


@pytest.fixture
def postgresql_uri(postgresql: str) -> Iterator[str]:
    name = f"test_{next(_numbers)}"
    execute(postgresql, f"CREATE DATABASE {name} TEMPLATE migrated")
    yield postgresql + name
    execute(postgresql, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> str:
    """The address of a fresh, migrated database; a test that uses it runs on both kinds."""
    return request.getfixturevalue(f"{request.param}_uri")


@contextmanager
def serving(uri: str, home: Path, **settings: Any) -> Iterator[Flask]:
    """An app with its context pushed; the connections are closed afterwards."""
    app = make_app(uri, home, **settings)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def app(database: str, tmp_path: Path) -> Iterator[Flask]:
    with serving(database, tmp_path) as app:
        yield app


@pytest.fixture
def postgresql_app(postgresql_uri: str, tmp_path: Path) -> Iterator[str]:
    """An app on PostgreSQL alone, for tests with several processes; yields the address."""
    with serving(postgresql_uri, tmp_path):
        yield postgresql_uri


@pytest.fixture
def people(app: Flask) -> SimpleNamespace:
    """The id of one user of each role, of MOH where that matters, and of an outsider at MAFAR."""
    moas = {moa.acronym: moa for moa in db.session.scalars(select(Organization))}
    users = {role.value: User(username=role.value, role=role) for role in Role}
    users["outsider"] = User(username="outsider", role=Role.MOA_STAFF, organization=moas["MAFAR"])
    for name in ("moa_staff", "moa_head"):
        users[name].organization = moas["MOH"]
    hashed = User()
    hashed.set_password(PASSWORD)
    for user in users.values():
        user.password_hash = hashed.password_hash
        user.email = f"{user.username}@example.invalid"
    db.session.add_all(users.values())
    db.session.flush()
    ids = {name: user.id for name, user in users.items()}
    db.session.commit()  # the session must be idle: SQLite's write lock goes with a transaction
    return SimpleNamespace(**ids)


class OwnContextClient(FlaskClient):
    """A client whose requests get an app context of their own, as in production.

    With a test's context on the stack, Flask would share it, and with it the signed-in user.
    """

    def open(self, *args: Any, **kwargs: Any) -> Any:
        db.session.remove()
        with self.application.app_context():
            return super().open(*args, **kwargs)


@pytest.fixture
def sign_in_as(app: Flask) -> Callable[[int], FlaskClient]:
    """A client signed in as the user with this id."""
    app.test_client_class = OwnContextClient

    def sign_in(user_id: int) -> FlaskClient:
        idle = not db.session().in_transaction()
        key = db.session.get_one(User, user_id).get_id()
        if idle:
            db.session.rollback()
        client = app.test_client()
        with client.session_transaction() as session:
            session["_user_id"], session["_fresh"], session["seen_at"] = key, True, moment_now()
        return client

    return sign_in


@pytest.fixture
def count_queries() -> Callable[[], AbstractContextManager[list[str]]]:
    """A context manager that lists the statements sent, transaction control left out."""

    @contextmanager
    def counting() -> Iterator[list[str]]:
        sent: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            if not statement.lstrip().startswith(NOT_QUERIES):
                sent.append(statement)

        event.listen(Engine, "before_cursor_execute", note)
        try:
            yield sent
        finally:
            event.remove(Engine, "before_cursor_execute", note)

    return counting
