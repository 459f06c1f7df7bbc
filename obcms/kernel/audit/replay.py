"""The rows as the trail has them: all its entries, replayed from the first on (SPEC 9)."""

import sqlite3
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection, select

from obcms.kernel.audit.models import ENTRIES, AuditAction

BATCH = 1_000
TABLE = (
    "CREATE TABLE row (table_name TEXT, row_key TEXT, columns BLOB, "
    "PRIMARY KEY (table_name, row_key)) WITHOUT ROWID"
)
SAME = "WHERE table_name = ? AND row_key = ?"


class TrailEntry(NamedTuple):
    """What replaying needs of an entry."""

    table_name: str
    row_key: str
    action: AuditAction
    changes: dict[str, list[Any]]
    actor_name: str


class Replayed:
    """Rows by table name and key, with the columns that entries have told.

    They are kept in a file that goes with this object, as there may be more than memory holds.
    """

    def __init__(self, entries: Iterable[TrailEntry]) -> None:
        self._rows = sqlite3.connect("")
        self._rows.execute(TABLE)
        self.actors: set[str] = set()
        self.tables: set[str] = set()
        for entry in entries:
            self._apply(entry)

    def take(self, table: str, key: str) -> dict[str, Any] | None:
        """The row's columns, handed over once; None where the trail has no such row."""
        columns = self._read(table, key)
        if columns is not None:
            self._rows.execute(f"DELETE FROM row {SAME}", (table, key))
        return columns

    def left(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """The rows that nobody took, with table and key."""
        for table, key, columns in self._rows.execute("SELECT * FROM row"):
            yield table, key, orjson.loads(columns)

    def _apply(self, entry: TrailEntry) -> None:
        self.actors.add(entry.actor_name)
        self.tables.add(entry.table_name)
        columns = None
        if entry.action == AuditAction.UPDATE:
            columns = self._read(entry.table_name, entry.row_key)
        if entry.action == AuditAction.DELETE:
            self._rows.execute(f"DELETE FROM row {SAME}", (entry.table_name, entry.row_key))
            return
        columns = (columns or {}) | {name: new for name, (_, new) in entry.changes.items()}
        row = (entry.table_name, entry.row_key, orjson.dumps(columns))
        self._rows.execute("INSERT OR REPLACE INTO row VALUES (?, ?, ?)", row)

    def _read(self, table: str, key: str) -> dict[str, Any] | None:
        query = f"SELECT columns FROM row {SAME}"
        found = self._rows.execute(query, (table, key)).fetchone()
        return orjson.loads(found[0]) if found else None


def entries_in_order(
    connection: Connection, archived: Iterable[dict[str, Any]]
) -> Iterator[TrailEntry]:
    """All entries in the order of their writing: the archived ones first, then those here."""
    for entry in archived:
        action = AuditAction(entry["action"])
        yield TrailEntry(**{name: entry[name] for name in TrailEntry._fields} | {"action": action})
    query = select(*(ENTRIES.c[name] for name in TrailEntry._fields)).order_by(ENTRIES.c.id)
    for row in connection.execute(query, execution_options={"yield_per": BATCH}):
        yield TrailEntry(*row)
