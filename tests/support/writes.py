"""What was written to the database and, of that, what is not committed."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.orm import Session

READS = ("SELECT", "PRAGMA", "EXPLAIN", "SHOW", "SET ", "BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK")
WRITE_IN_A_QUERY = re.compile(r"\b(INSERT INTO|UPDATE \S+ SET|DELETE FROM)\b")
# In a connection's notes: the statements of its transaction, with the savepoints between them.
UNCOMMITTED = "uncommitted"
CONNECTIONS = "connections"  # in a session's notes


def is_write(statement: str) -> bool:
    """Whether it changes anything; what is not known to read does."""
    statement = statement.lstrip()
    if statement.startswith("WITH"):
        return WRITE_IN_A_QUERY.search(statement) is not None
    return not statement.startswith(READS)


def uncommitted(session: Session) -> list[str]:
    """Records changed but not flushed, and statements sent but not committed."""
    changed = [*session.new, *session.deleted]
    changed += [record for record in session.dirty if session.is_modified(record)]
    sent = [
        statement
        for connection in session.info.get(CONNECTIONS, ())
        if not connection.closed
        for statement in connection.info.get(UNCOMMITTED, ())
        if is_write(statement)
    ]
    return [repr(record) for record in changed] + sent


@contextmanager
def noting_writes() -> Iterator[list[str]]:
    """Lists every statement that writes and every commit of this process meanwhile."""
    noted: list[str] = []

    def note(_connection: Connection, _cursor: object, statement: str, *_: Any) -> None:
        if is_write(statement):
            noted.append(statement)

    def note_commit(_connection: Connection) -> None:
        noted.append("COMMIT")

    event.listen(Engine, "before_cursor_execute", note)
    event.listen(Engine, "commit", note_commit)
    try:
        yield noted
    finally:
        event.remove(Engine, "before_cursor_execute", note)
        event.remove(Engine, "commit", note_commit)


@event.listens_for(Session, "after_begin")
def _note_connection(session: Session, _transaction: object, connection: Connection) -> None:
    session.info.setdefault(CONNECTIONS, set()).add(connection)


@event.listens_for(Engine, "before_cursor_execute")
def _note(connection: Connection, _cursor: object, statement: str, *_: Any) -> None:
    connection.info.setdefault(UNCOMMITTED, []).append(statement)


@event.listens_for(Engine, "savepoint")
def _note_savepoint(connection: Connection, name: str) -> None:
    connection.info.setdefault(UNCOMMITTED, []).append(f"SAVEPOINT {name}")


@event.listens_for(Engine, "rollback_savepoint")
def _forget_since(connection: Connection, name: str, _context: object) -> None:
    statements = connection.info[UNCOMMITTED]
    del statements[statements.index(f"SAVEPOINT {name}") :]


@event.listens_for(Engine, "commit")
@event.listens_for(Engine, "rollback")
def _forget(connection: Connection) -> None:
    connection.info.pop(UNCOMMITTED, None)
