"""How connections behave: SQLite waits for its turn, and readers never block it."""

import fcntl
import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from io import StringIO
from typing import Any

import orjson
from flask import Flask, has_request_context, request
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine, ExecutionContext

from obcms.kernel.extensions import db, migrate
from obcms.kernel.rules.folding import search_form

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
BUSY_SECONDS = 15
PAUSE = 0.001
# Every commit waits for the disk: a power failure loses nothing that was acknowledged.
# 32 MB of pages for a connection: a tree of a thousand items is written without going to the file.
PRAGMAS = ("foreign_keys=ON", "journal_mode=WAL", "synchronous=FULL", "cache_size=-32000")
READS = ("SELECT", "WITH", "PRAGMA", "EXPLAIN", "BEGIN")
COPIED = "copied"  # the execution option of a PostgreSQL COPY statement: the text that it reads
ONLY_READS = "only_reads"  # in a connection's notes: its transaction does not hold the lock yet
_reading: ContextVar[bool] = ContextVar("reading", default=False)
_hurried: ContextVar[bool] = ContextVar("hurried", default=False)


def init_app(app: Flask) -> None:
    """Binds the database; SQLite gets foreign keys, a write-ahead log and a queue of writers."""
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = _engine_options(app)
    db.init_app(app)
    migrate.init_app(app, db)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            _listen(db.engine)


def _engine_options(app: Flask) -> dict[str, object]:
    options: dict[str, object] = {"json_serializer": _as_json}
    if str(app.config["SQLALCHEMY_DATABASE_URI"]).startswith("sqlite"):
        return options | {"connect_args": {"timeout": BUSY_SECONDS}}
    return options | {
        "pool_pre_ping": True,
        "pool_use_lifo": True,  # the server process that worked last has everything at hand
        "connect_args": {"options": "-c timezone=UTC"},
    }


def _as_json(value: object) -> str:
    try:
        return orjson.dumps(value).decode()
    except orjson.JSONEncodeError:  # what it has no bytes for, such as half a surrogate pair
        return json.dumps(value)


@contextmanager
def reading() -> Iterator[None]:
    """A transaction that begins inside reads first: it queues for SQLite's one write lock only
    when it comes to writing, or to `take_turn`.
    """
    token = _reading.set(True)
    try:
        yield
    finally:
        _reading.reset(token)


@contextmanager
def without_waiting() -> Iterator[None]:
    """For what is not worth a wait: writing fails at once while SQLite's one lock is taken."""
    token = _hurried.set(True)
    try:
        yield
    finally:
        _hurried.reset(token)


@event.listens_for(Engine, "do_execute")
def _copy(cursor: Any, statement: str, _parameters: object, context: ExecutionContext) -> bool:
    """Gives a COPY statement what it reads; True where it was one, and so is done."""
    if COPIED not in context.execution_options:
        return False
    cursor.copy_expert(statement, StringIO(context.execution_options[COPIED]))
    return True


def _listen(engine: Engine) -> None:
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _begin)
    event.listen(engine, "before_cursor_execute", _before_statement)
    event.listen(engine, "savepoint", _before_savepoint)


def _on_connect(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # SQLAlchemy's "begin" event begins, not the driver
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    connection.create_function("folded", 1, _folded, deterministic=True)


def _folded(text: object) -> str | None:
    return None if text is None else search_form(str(text))


def _begin(connection: Connection) -> None:
    # A transaction that reads first and writes later fails at once when another writer came
    # between. Taking the write lock at the start makes the second writer wait instead.
    only_reads = _reading.get() or (has_request_context() and request.method in SAFE_METHODS)
    connection.info[ONLY_READS] = only_reads
    if only_reads:
        connection.exec_driver_sql("BEGIN")
    else:
        _begin_writing(connection)


def take_turn(connection: Connection) -> None:
    """Goes on from reading to writing: on SQLite the write lock is taken now.

    As on PostgreSQL, what was read before may have changed until the lock was free, so whoever
    goes on looks again. Raises OperationalError like the start of a transaction.
    """
    if connection.info.get(ONLY_READS):
        connection.info[ONLY_READS] = False
        connection.connection.driver_connection.execute("ROLLBACK")  # nothing but a snapshot
        _begin_writing(connection)


def _before_statement(connection: Connection, _cursor: object, statement: str, *_: object) -> None:
    if not statement.startswith(READS):
        take_turn(connection)


def _before_savepoint(connection: Connection, _name: str) -> None:
    take_turn(connection)  # later it would undo the savepoint


def _begin_writing(connection: Connection) -> None:
    """Waits for the write lock; raises OperationalError when it takes more than BUSY_SECONDS.

    SQLite lets those who wait ask again and again, so that who came first is overtaken by all who
    come later: of sixteen some starve (tests/drills/sixteen_writers.py). Here only the first in a
    queue of the operating system's asks.
    """
    driver = connection.connection.driver_connection
    began, patience = time.monotonic(), 0 if _hurried.get() else BUSY_SECONDS
    driver.execute("PRAGMA busy_timeout=0")
    try:
        with _in_queue(connection.engine.url.database) if patience else nullcontext():
            while not _has_begun(driver) and time.monotonic() - began < patience:
                time.sleep(PAUSE)
        if not driver.in_transaction:
            connection.exec_driver_sql("BEGIN IMMEDIATE")  # raises
    finally:
        driver.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")


@contextmanager
def _in_queue(database: str | None) -> Iterator[None]:
    """Alone among all threads and processes that begin to write to this file."""
    if not database:  # in memory, where nobody else is
        yield
        return
    with open(f"{database}-queue", "wb") as queue:  # its lock goes with it
        fcntl.flock(queue, fcntl.LOCK_EX)
        yield


def _has_begun(driver: sqlite3.Connection) -> bool:
    try:
        driver.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
            raise
    return driver.in_transaction
