"""Set-based writes of audited rows: one statement and one of the trail for any number of rows."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Table, func, inspect, select, text
from sqlalchemy.orm import Session, attributes

from obcms.audit.statements import Columns, bind, insert_many, is_constant, update_many
from obcms.audit.trail import Entry, record, whole_row, writers
from obcms.errors import Conflict
from obcms.extensions import db, unit_of_work
from obcms.models import AuditAction


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
    """Rows of one PPA about to be added, with their entries for the trail, before any lock is held.

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
        self.changes = [orjson.dumps(one) for one in self._changes(given)]

    def insert(self, session: Session, late: Columns) -> None:
        """Adds the rows with the late columns, the id from `new_ids` among them.

        One statement for the rows, and one for the trail.
        """
        connection = session.connection()
        rows = self.bound | bind(connection.dialect, self.table, late)
        with unit_of_work():
            insert_many(connection, self.table, rows)
        # Two JSON objects made one, as text: the larger was written before the lock was held.
        entries = [
            Entry(
                self.table,
                str(key),
                AuditAction.INSERT,
                orjson.Fragment(orjson.dumps(known)[:-1] + b"," + ahead[1:]),
                self.ppa_id,
            )
            for key, known, ahead in zip(late["id"], self._changes(late), self.changes, strict=True)
        ]
        record(session, entries)

    def _changes(self, columns: Columns) -> Iterator[dict[str, Sequence[object]]]:
        nothing = [None] * self.count
        held = whole_row(self.table, columns)
        pairs = [_pairs(self.table, name, nothing, values) for name, values in held.items()]
        return (dict(zip(held, row, strict=True)) for row in zip(*pairs, strict=True))


def new_ids(session: Session, model: type[db.Model], count: int) -> list[int]:
    """Ids for rows about to be inserted, ascending; the database gives none of them again."""
    connection, table = session.connection(), model.__table__
    if connection.dialect.name == "postgresql":
        sequence = connection.scalar(select(func.pg_get_serial_sequence(table.name, "id")))
        rows = func.generate_series(1, count).table_valued("number")
        return list(connection.scalars(select(func.nextval(sequence)).select_from(rows)))
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
    changes = {}
    for name, old, new in zip(batch.names, olds, news, strict=True):
        if old != new:
            columns[name] = new
            changes[name] = _pairs(table, name, old, new)
    connection = session.connection()
    with unit_of_work():
        found = update_many(connection, table, bind(connection.dialect, table, columns))
    if found != len(rows):
        raise Conflict("Somebody else changed the same rows at the same moment. Please try again.")
    changes["version"] = [[version, version + 1] for version in versions]
    by_row = zip(rows, zip(*changes.values(), strict=True), strict=True)
    return [
        Entry(
            table,
            str(row.id),
            AuditAction.UPDATE,
            {name: pair for name, pair in zip(changes, pairs, strict=True) if pair[0] != pair[1]},
            row.ppa_id,
        )
        for row, pairs in by_row
    ]


def _pairs(
    table: Table, name: str, olds: Sequence[Any], news: Sequence[Any]
) -> Sequence[list[object]]:
    """Old and new value of a column in each row, as the trail has them."""
    write = writers(table)[name]
    if is_constant(olds) and is_constant(news):
        return [[write(olds[0]), write(news[0])]] * len(news)
    return [[write(old), write(new)] for old, new in zip(olds, news, strict=True)]


def _refresh(session: Session, batch: Updates) -> None:
    written = {row.id: row for row in batch.rows}
    for instance in session.identity_map.values():
        if isinstance(instance, batch.model) and (
            row := written.get(inspect(instance).identity[0])
        ):
            for name, value in zip(batch.names, row.new, strict=True):
                attributes.set_committed_value(instance, name, value)
            attributes.set_committed_value(instance, "version", row.version + 1)
