"""Fixtures: a fresh, migrated database on SQLite or PostgreSQL, an app on it, and its people."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from redis import Redis
from sqlalchemy import Engine, event, select
from werkzeug.security import generate_password_hash

from obcms.demo.load import load_demo
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Role
from obcms.organizations.models import Organization
from obcms.people.models import User
from tests.support import commits, hashes, reading
from tests.support.apps import KeptApp, in_context, migrate, serving
from tests.support.clean_database import clean, prepare
from tests.support.clients import TokenClient
from tests.support.filled import Filled
from tests.support.garbage import searched_once
from tests.support.postgres import execute, postgresql_server
from tests.support.reading import reading_server_for
from tests.support.redis_server import redis_server
from tests.support.signed_in import signed_in
from tests.support.tokens import access_token

PASSWORD = "correct horse battery"
PASSWORD_HASH = generate_password_hash(PASSWORD, method=hashes.METHOD)
NOT_QUERIES = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "PRAGMA")


@pytest.fixture(scope="session", autouse=True)
def cheap() -> Iterator[None]:
    """What takes its time in production, and need not where a test is about something else."""
    with pytest.MonkeyPatch.context() as patch, reading_server_for(patch), searched_once():
        hashes.make_cheap(patch)
        commits.make_cheap(patch)
        yield


@pytest.fixture
def real_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashes of passwords and recovery codes as slow as in production."""
    hashes.make_real(monkeypatch)


@pytest.fixture
def real_commits(monkeypatch: pytest.MonkeyPatch) -> None:
    """A commit of SQLite waits for the disk, as in production."""
    commits.make_real(monkeypatch)


@pytest.fixture
def real_readings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each file is read by a process that starts from nothing, as in production."""
    reading.make_real(monkeypatch)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """A server with a migrated template database."""
    with postgresql_server() as url:
        execute(url, "CREATE DATABASE migrated")
        migrate(url + "migrated", Path("/tmp"))
        prepare(url + "migrated")
        _copy_migrated(url)
        yield url


def _copy_migrated(server: str) -> None:
    execute(server, "DROP DATABASE IF EXISTS test WITH (FORCE)")
    execute(server, "CREATE DATABASE test TEMPLATE migrated")


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


@pytest.fixture(scope="session")
def apps(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., KeptApp]:
    """The app of this process for each address that `sqlite_uri` and `postgresql_uri` give.

    And for each set of settings that is asked for.
    """
    home = tmp_path_factory.mktemp
    return cache(lambda uri, **settings: KeptApp(uri, home("instance"), **settings))


@pytest.fixture
def sqlite_uri(migrated_sqlite: Path) -> str:
    """A fresh, migrated database, always at the same address."""
    home = migrated_sqlite.with_name("fresh")
    shutil.rmtree(home, ignore_errors=True)  # with all that stands beside a database in use
    home.mkdir()
    copy = shutil.copy(migrated_sqlite, home / "obcms.sqlite3")
    return f"sqlite:///{copy}"


@pytest.fixture
def postgresql_uri(postgresql: str) -> str:
    """A fresh, migrated database, always at the same address."""
    if not clean(postgresql + "test"):
        _copy_migrated(postgresql)
    return postgresql + "test"


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> str:
    """The address of a fresh, migrated database; a test that uses it runs on both kinds."""
    return request.getfixturevalue(f"{request.param}_uri")


@pytest.fixture
def app(database: str, apps: Callable[..., KeptApp], tmp_path: Path) -> Iterator[Flask]:
    with in_context(apps(database).as_new(tmp_path)) as app:
        yield app


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Filled:
    """Fills a database once in this process, and gives each test a copy."""
    return Filled(tmp_path_factory.mktemp("filled"))


@pytest.fixture
def demo(app: Flask, database: str, filled: Filled) -> Flask:
    """The app on a database that holds the demonstration; to be asked for before `people`."""
    filled.bring(database, load_demo)
    return app


@pytest.fixture
def queueing_app(
    database: str, redis_url: str, apps: Callable[..., KeptApp], tmp_path: Path
) -> Iterator[Flask]:
    """An app whose queue is a real one, empty; tests with jobs give it as their `app`."""
    with in_context(apps(database, redis_url=redis_url).as_new(tmp_path)) as app:
        with Redis.from_url(redis_url) as redis:
            redis.flushall()
        yield app
        app.extensions["redis"].close()


@pytest.fixture
def own_app(database: str, tmp_path: Path) -> Iterator[Flask]:
    """An app of the test's own; tests that add addresses to their app give it as their `app`."""
    with serving(database, tmp_path) as app:
        yield app


@pytest.fixture
def postgresql_app(
    postgresql_uri: str, apps: Callable[..., KeptApp], tmp_path: Path
) -> Iterator[str]:
    """An app on PostgreSQL alone, for tests with several processes; yields the address."""
    with in_context(apps(postgresql_uri).as_new(tmp_path)):
        yield postgresql_uri


@pytest.fixture
def people(app: Flask) -> SimpleNamespace:
    """The id of one user of each role, of MOH where that matters, and of an outsider at MAFAR."""
    moas = {moa.acronym: moa for moa in db.session.scalars(select(Organization))}
    users = {role.value: User(username=role.value, role=role) for role in Role}
    users["outsider"] = User(username="outsider", role=Role.MOA_STAFF, organization=moas["MAFAR"])
    for name in ("moa_staff", "moa_head"):
        users[name].organization = moas["MOH"]
    for user in users.values():
        user.password_hash = PASSWORD_HASH
        user.email = f"{user.username}@example.invalid"
    db.session.add_all(users.values())
    db.session.flush()
    ids = {name: user.id for name, user in users.items()}
    db.session.commit()  # the session must be idle: SQLite's write lock goes with a transaction
    return SimpleNamespace(**ids)


@pytest.fixture
def sign_in_as(app: Flask) -> Callable[[int], FlaskClient]:
    """A client signed in as the user with this id."""

    return lambda user_id: signed_in(app, db.session.get_one(User, user_id))


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


@pytest.fixture
def call_as(app: Flask) -> Callable[[int], FlaskClient]:
    """A client with the token of the user with this id."""

    def call(user_id: int) -> TokenClient:
        token = access_token(db.session.get_one(User, user_id))
        db.session.rollback()
        client = TokenClient(app)
        client.token = token
        return client

    return call
