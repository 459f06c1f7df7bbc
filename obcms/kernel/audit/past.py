"""Records as they were: the current rows, with the trail replayed backwards over them (SPEC 9)."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    Boolean,
    Connection,
    Date,
    Enum,
    Row,
    Table,
    select,
)
from sqlalchemy.orm import Session

from obcms.kernel.audit.models import AuditAction, AuditEntry
from obcms.kernel.audit.registry import EXCLUDED_COLUMNS, audited_tables
from obcms.kernel.audit.subject import of_ppa
from obcms.kernel.audit.trail import row_key, writers
from obcms.kernel.db.types import Money, Percent, UTCDateTime

# Rows by table name and row key; values as they stand in the trail.
Rows = dict[str, dict[str, dict[str, Any]]]
ENTRY = AuditEntry.__table__


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


def current_rows(connection: Connection, tables: Iterable[Table], ppa_id: int | None) -> Rows:
    """All rows of the tables, or those of one PPA, without the columns that are never audited."""
    return {
        table.name: {
            row_key(table, row._mapping): _as_trail(table, row)
            for row in connection.execute(_select(table, ppa_id))
        }
        for table in tables
    }


def entries_after(
    connection: Connection, after: datetime | int, ppa_id: int | None
) -> list[Row[Any]]:
    """What was written after a moment, or after the entry with this number; newest first."""
    later = ENTRY.c.id > after if isinstance(after, int) else ENTRY.c.at > after
    query = select(ENTRY).where(later).order_by(ENTRY.c.id.desc())
    if ppa_id is not None:
        query = query.where(ENTRY.c.ppa_id == ppa_id)
    return list(connection.execute(query))


def undo(rows: Rows, entries: Iterable[Row[Any]]) -> Rows:
    """The rows as they were before the entries, which come newest first. Changes `rows`."""
    for entry in entries:
        table = rows.get(entry.table_name)
        if table is None:
            continue
        old = {name: change[0] for name, change in entry.changes.items()}
        if entry.action == AuditAction.INSERT:
            table.pop(entry.row_key, None)
        elif entry.action == AuditAction.DELETE:
            table[entry.row_key] = old
        else:
            table.setdefault(entry.row_key, {}).update(old)
    return rows


def rows_of_ppa(session: Session, ppa_id: int, after: datetime) -> tuple[Rows, list[Row[Any]]]:
    """The PPA's rows in all audited tables as they are, and its entries after the moment."""
    tables = [table for table in audited_tables() if of_ppa(table, 0) is not None]
    with one_moment(session) as connection:
        return current_rows(connection, tables, ppa_id), entries_after(connection, after, ppa_id)


def from_trail(table: Table, column: str, value: Any) -> Any:
    """A value from the trail as the model holds it: amounts as Decimal, choices as members."""
    if value is None:
        return None
    match table.c[column].type:
        case Money() | Percent():
            return Decimal(value)
        case UTCDateTime():
            return datetime.fromisoformat(value)
        case Date():
            return date.fromisoformat(value)
        case Enum(enum_class=choices) if choices is not None:
            return choices(value)
        case Boolean():
            return bool(value)
    return value


def _as_trail(table: Table, row: Row[Any]) -> dict[str, Any]:
    write = writers(table)
    return {name: write[name](value) for name, value in row._mapping.items()}


def _select(table: Table, ppa_id: int | None) -> Any:
    columns = [column for column in table.columns if column.name not in EXCLUDED_COLUMNS]
    query = select(*columns)
    if ppa_id is None:
        return query
    condition = of_ppa(table, ppa_id)
    assert condition is not None
    return query.where(condition)
