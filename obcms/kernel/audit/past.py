"""Records as they were: the current rows, with the trail replayed backwards over them (SPEC 9)."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import Boolean, Column, Connection, Date, Enum, Row, Table, select
from sqlalchemy.orm import Session

from obcms.kernel.audit.models import ENTRIES, AuditAction
from obcms.kernel.audit.registry import EXCLUDED_COLUMNS
from obcms.kernel.audit.subject import SUBJECT, of_subject
from obcms.kernel.audit.trail import row_key, writers
from obcms.kernel.db.types import Money, Percent, UTCDateTime

# Rows by table name and row key; values as they stand in the trail.
Rows = dict[str, dict[str, dict[str, Any]]]
# Which columns of which tables are wanted.
Wanted = Mapping[Table, Sequence[str]]
BATCH = 500  # entries in memory at a time


def whole(tables: Iterable[Table]) -> Wanted:
    """All columns that the trail holds."""
    return {
        table: [str(c.name) for c in table.columns if c.name not in EXCLUDED_COLUMNS]
        for table in tables
    }


@contextmanager
def one_moment(session: Session) -> Iterator[Connection]:
    """A connection whose statements all see the same moment, so that rows and trail agree.

    On PostgreSQL it is a transaction of its own, which sees only what is committed. On SQLite a
    transaction sees one moment anyway.
    """
    if session.get_bind().dialect.name == "sqlite":
        yield session.connection()
        return
    engine = session.get_bind().engine.execution_options(isolation_level="REPEATABLE READ")
    with engine.connect() as connection:
        yield connection


def rows_then(connection: Connection, wanted: Wanted, subject_id: int, position: int) -> Rows:
    """The subject's rows as they were when the entry with this id was the last one."""
    rows = current_rows(connection, wanted, subject_id)
    return undo(rows, wanted, entries_after(connection, position, subject_id, wanted))


def current_rows(connection: Connection, wanted: Wanted, subject_id: int | None) -> Rows:
    """All rows of the tables, or those of one subject."""
    return {
        table.name: dict(_read(connection, table, names, subject_id))
        for table, names in wanted.items()
    }


def entries_after(
    connection: Connection,
    position: int,
    subject_id: int | None,
    tables: Iterable[Table],
    until: int | None = None,
) -> Iterator[Row[Any]]:
    """What was written after an entry, newest first, up to another one; never all at once."""
    query = (
        select(
            ENTRIES.c.id,
            ENTRIES.c.table_name,
            ENTRIES.c.row_key,
            ENTRIES.c.action,
            ENTRIES.c.changes,
        )
        .where(ENTRIES.c.id > position, ENTRIES.c.table_name.in_([t.name for t in tables]))
        .order_by(ENTRIES.c.id.desc())
    )
    if subject_id is not None:
        query = query.where(ENTRIES.c[SUBJECT] == subject_id)
    if until is not None:
        query = query.where(ENTRIES.c.id <= until)
    yield from connection.execute(query, execution_options={"yield_per": BATCH})


def undo(rows: Rows, wanted: Wanted, entries: Iterable[Row[Any]]) -> Rows:
    """The rows as they were before the entries, which come newest first. Changes `rows`."""
    names = {table.name: frozenset(names) for table, names in wanted.items()}
    for entry in entries:
        table, known = rows[entry.table_name], names[entry.table_name]
        if entry.action == AuditAction.INSERT:
            table.pop(entry.row_key, None)
            continue
        old = {name: pair[0] for name, pair in entry.changes.items() if name in known}
        if entry.action == AuditAction.DELETE:
            table[entry.row_key] = old
        else:
            table.setdefault(entry.row_key, {}).update(old)
    return rows


def from_trail(table: Table, column: str, value: Any) -> Any:
    """A value from the trail as the model holds it: amounts as Decimal, choices as members."""
    return None if value is None else _readers(table)[column](value)


@cache
def _readers(table: Table) -> dict[str, Callable[[Any], Any]]:
    return {column.name: _reader(column) for column in table.columns}


def _reader(column: Column[Any]) -> Callable[[Any], Any]:
    match column.type:
        case Money() | Percent():
            return Decimal
        case UTCDateTime():
            return datetime.fromisoformat
        case Date():
            return date.fromisoformat
        case Enum(enum_class=choices) if choices is not None:
            return choices
        case Boolean():
            return bool
    return lambda value: value


def _read(
    connection: Connection, table: Table, names: Sequence[str], subject_id: int | None
) -> Iterator[tuple[str, dict[str, Any]]]:
    write = [writers(table)[name] for name in names]
    keys = [column.name for column in table.primary_key]
    query = select(*(table.c[name] for name in dict.fromkeys((*names, *keys))))
    if subject_id is not None:
        condition = of_subject(table, subject_id)
        assert condition is not None
        query = query.where(condition)
    for row in connection.execute(query, execution_options={"yield_per": BATCH}):
        values = (convert(value) for convert, value in zip(write, row, strict=False))
        yield row_key(table, row._mapping), dict(zip(names, values, strict=True))
