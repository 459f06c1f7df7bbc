"""SQLite has one writer at a time; the others wait for their turn, but not for ever."""

import sqlite3
from pathlib import Path
from threading import Timer

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from obcms.kernel.db import connections as database
from obcms.kernel.extensions import db
from tests.support.apps import serving
from tests.support.factories import make_ppa


@pytest.fixture
def busy(sqlite_uri: str) -> sqlite3.Connection:
    """Another program that holds the write lock."""
    other = sqlite3.connect(
        sqlite_uri.removeprefix("sqlite:///"), isolation_level=None, check_same_thread=False
    )
    other.execute("BEGIN IMMEDIATE")
    return other


@pytest.fixture
def app(sqlite_uri: str, tmp_path: Path):
    with serving(sqlite_uri, tmp_path) as app:
        yield app


def test_a_writer_goes_on_when_the_lock_is_free(app: Flask, busy: sqlite3.Connection) -> None:
    timer = Timer(0.3, busy.rollback)
    timer.start()
    make_ppa()
    db.session.commit()
    timer.join()


def test_a_writer_gives_up_in_the_end(
    app: Flask, busy: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.2)
    with pytest.raises(OperationalError, match="database is locked"):
        make_ppa()
    busy.rollback()


def test_a_connection_that_gave_up_waits_again_the_next_time(
    app: Flask, busy: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.2)
    with pytest.raises(OperationalError):
        make_ppa()
    busy.rollback()
    db.session.rollback()
    assert db.session.connection().exec_driver_sql("PRAGMA busy_timeout").scalar() == 200


@pytest.mark.usefixtures("real_commits")
def test_a_commit_waits_for_the_disk(app: Flask) -> None:
    full = 2
    assert db.session.connection().exec_driver_sql("PRAGMA synchronous").scalar() == full
