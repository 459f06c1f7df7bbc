"""Set-based writes of audited rows: one statement and one of the trail for any number of rows."""

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import partial
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Table, cast, func, inspect, select, text
from sqlalchemy.dialects.postgresql import REGCLASS
from sqlalchemy.orm import Session, attributes

from obcms.kernel.audit.models import AuditAction
from obcms.kernel.audit.trail import Entry, record, whole_row, writers
from obcms.kernel.db.many_rows import Columns, bind, each, insert_many, update_many
from obcms.kernel.errors import Conflict
from obcms.kernel.extensions import db, unit_of_work


class RowUpdate(NamedTuple):
    """A row of a PPA by its id and version, and what it held and shall hold."""

    id: int
    version: int
    ppa_id: int | None
    old: tuple[Any, ...]
    new: tuple[Any, ...]


class Updates(NamedTuple):
    """Rows of one model; `names` are the columns in their `old` and `new`, in that order."""

    model: type[db.Model]
    names: Sequence[str]
    rows: Sequence[RowUpdate]


class NewRows:
    """Rows of one PPA about to be added, with their entries for the trail.

    The columns named `late` are known only under the lock; the model's defaults fill what else is
    missing in `columns`. No hook of the session sees the rows, so what these would derive must be
    there already.
    """

    def __init__(
        self, model: type[db.Model], ppa_id: int, columns: Columns, late: Collection[str]
    ) -> None:
        self.table, self.ppa_id = model.__table__, ppa_id
        self.count = len(next(iter(columns.values())))
        shared = _defaults(self.table) | {"ppa_id": ppa_id}
        given = {name: [value] * self.count for name, value in shared.items() if name not in late}
        given |= columns
        self.bound = bind(db.engine.dialect, self.table, given)
        self.changes = list(map(",".join, zip(*self._cells(given), strict=True)))

    def insert(self, session: Session, late: Columns) -> None:
        """Adds the rows with the late columns, the id from `new_ids` among them.

        One statement for the rows, and one for the trail.
        """
        connection = session.connection()
        rows = self.bound | bind(connection.dialect, self.table, late)
        with unit_of_work():
            insert_many(connection, self.table, rows)
        changes = zip(*self._cells(late), self.changes, strict=True)
        entries = [
            Entry(self.table, str(key), AuditAction.INSERT, _as_changes(cells), self.ppa_id)
            for key, cells in zip(late["id"], changes, strict=True)
        ]
        record(session, entries)

    def _cells(self, columns: Columns) -> list[list[str]]:
        given = whole_row(self.table, columns)
        return [each(_cell_of_new(self.table, name), values) for name, values in given.items()]


def new_ids(session: Session, model: type[db.Model], count: int) -> list[int]:
    """Ids for rows about to be inserted, ascending; the database gives none of them again."""
    connection, table = session.connection(), model.__table__
    if connection.dialect.name == "postgresql":
        sequence = cast(func.pg_get_serial_sequence(table.name, "id"), REGCLASS)
        number = func.nextval(select(sequence).scalar_subquery())
        rows = func.generate_series(1, count).table_valued("number")
        return list(connection.scalars(select(number).select_from(rows)))
    # The one writer of a SQLite database holds the lock, so nobody takes the next ones meanwhile.
    counter = text("SELECT seq FROM sqlite_sequence WHERE name = :name")
    last = connection.scalar(counter, {"name": table.name}) or 0
    return list(range(last + 1, last + count + 1))


def _defaults(table: Table) -> dict[str, Any]:
    """What an insert sets by itself, so that the trail can hold it; None without a default."""
    columns = [c for c in table.columns if not c.primary_key and c.computed is None]
    return {
        c.name: c.default and (c.default.arg(None) if c.default.is_callable else c.default.arg)
        for c in columns
    }


def update_rows(session: Session, batches: Sequence[Updates]) -> None:
    """Writes the rows and their audit entries; objects already in the session follow.

    Raises Conflict when a row has another version than the one it was read with.
    """
    entries: list[Entry] = []
    for batch in batches:
        if batch.rows:
            entries += _write(session, batch)
            _refresh(session, batch)
    record(session, entries)


def _write(session: Session, batch: Updates) -> list[Entry]:
    table, rows = batch.model.__table__, batch.rows
    ids, versions = [row.id for row in rows], [row.version for row in rows]
    olds = zip(*(row.old for row in rows), strict=True)
    news = zip(*(row.new for row in rows), strict=True)
    columns = {"id": ids, "version": versions}
    cells = [each(lambda version: _cell(table, "version", version, version + 1), versions)]
    for name, old, new in zip(batch.names, olds, news, strict=True):
        if old != new:
            columns[name] = new
            cells.append(
                each(partial(_changed_cell, table, name), list(zip(old, new, strict=True)))
            )
    connection = session.connection()
    with unit_of_work():
        found = update_many(connection, table, bind(connection.dialect, table, columns))
    if found != len(rows):
        raise Conflict("Somebody else changed the same rows at the same moment. Please try again.")
    return [
        Entry(
            table, str(row.id), AuditAction.UPDATE, _as_changes(filter(None, changed)), row.ppa_id
        )
        for row, changed in zip(rows, zip(*cells, strict=True), strict=True)
    ]


def _cell(table: Table, name: str, old: Any, new: Any) -> str:
    """A column's old and new value in the JSON text of an entry: `"title":[null,"Roads"]`."""
    write = writers(table)[name]
    return f'"{name}":{orjson.dumps([write(old), write(new)]).decode()}'


def _cell_of_new(table: Table, name: str) -> Callable[[Any], str]:
    """Gives the same for values of a new row."""
    write, start = writers(table)[name], f'"{name}":[null,'
    return lambda value: f"{start}{orjson.dumps(write(value)).decode()}]"


def _changed_cell(table: Table, name: str, pair: tuple[Any, Any]) -> str:
    """The same, but nothing where the value stayed."""
    return _cell(table, name, *pair) if pair[0] != pair[1] else ""


def _as_changes(cells: Iterable[str]) -> orjson.Fragment:
    return orjson.Fragment(f"{{{','.join(cells)}}}")


def _refresh(session: Session, batch: Updates) -> None:
    written = {row.id: row for row in batch.rows}
    for instance in session.identity_map.values():
        if isinstance(instance, batch.model) and (
            row := written.get(inspect(instance).identity[0])
        ):
            for name, value in zip(batch.names, row.new, strict=True):
                attributes.set_committed_value(instance, name, value)
            attributes.set_committed_value(instance, "version", row.version + 1)
