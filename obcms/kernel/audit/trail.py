"""Entries of the trail: their shape, and the one statement that writes them."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Column, Date, Table
from sqlalchemy.orm import Session

from obcms.kernel.audit.models import AuditAction, AuditEntry
from obcms.kernel.audit.origin import current_origin
from obcms.kernel.audit.registry import EXCLUDED_COLUMNS
from obcms.kernel.audit.subject import SUBJECT
from obcms.kernel.db.many_rows import bind, insert_many
from obcms.kernel.db.types import CENTAVO, Money, Percent, UTCDateTime, utc_now
from obcms.kernel.extensions import unit_of_work


class RowChange(NamedTuple):
    """What an entry tells: `columns` maps each changed one to [old, new], as the trail has them.

    A fragment is the same as JSON text.
    """

    table: Table
    row_key: str
    action: AuditAction
    columns: Mapping[str, list[object]] | orjson.Fragment
    subject_id: int | None


def row_key(table: Table, row: Mapping[str, Any]) -> str:
    """The primary key as text, its parts joined by a slash."""
    return "/".join(str(row[column.name]) for column in table.primary_key)


def whole_row(table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
    """The columns that the trail may hold, in the table's order."""
    names = [str(column.name) for column in table.columns if column.name not in EXCLUDED_COLUMNS]
    return {name: row[name] for name in names if name in row}


@cache
def writers(table: Table) -> dict[str, Callable[[Any], object]]:
    """How a value of each column stands in the trail: exact, and the same on both databases."""
    return {column.name: _writer(column) for column in table.columns}


def _writer(column: Column[Any]) -> Callable[[Any], object]:
    if isinstance(column.type, Money | Percent):
        return lambda value: value if value is None else str(Decimal(value).quantize(CENTAVO))
    if isinstance(column.type, Date | UTCDateTime):
        return lambda value: value if value is None else value.isoformat()
    return lambda value: value


def written(table: Table, changes: Mapping[str, tuple[Any, Any]]) -> dict[str, list[object]]:
    """The old and new value of each column, as the trail has them."""
    write = writers(table)
    return {name: [write[name](old), write[name](new)] for name, (old, new) in changes.items()}


def record(session: Session, changes: Sequence[RowChange]) -> None:
    """Writes an entry for each change, in one statement and the session's own transaction."""
    if not changes:
        return
    origin = current_origin()
    shared = {
        "at": utc_now(),
        "actor_id": origin.actor_id,
        "actor_name": origin.actor_name,
        "ip_address": origin.ip_address,
        "request_id": origin.request_id,
    }
    columns = {
        "row_key": [change.row_key for change in changes],
        # Plain text: SQLite's driver makes a detour for each of SQLAlchemy's own kind.
        "table_name": [str(change.table.name) for change in changes],
        SUBJECT: [change.subject_id for change in changes],
        "action": [change.action for change in changes],
        "changes": [change.columns for change in changes],
    }
    columns |= {name: [value] * len(changes) for name, value in shared.items()}
    connection, table = session.connection(), AuditEntry.__table__
    with unit_of_work():
        insert_many(connection, table, bind(connection.dialect, table, columns))
