"""Set-based writes of audited rows: one statement and one of the trail for any number of rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, func, inspect, select, text
from sqlalchemy.orm import Session, attributes

from obcms.audit.statements import insert_many, update_many
from obcms.audit.subject import ppa_of
from obcms.audit.trail import Change, record, whole_row
from obcms.errors import Conflict
from obcms.extensions import db, unit_of_work
from obcms.models import AuditAction


@dataclass(frozen=True, slots=True)
class RowUpdate:
    """A row of a PPA by its id and version, and the same columns in `old` and `new`."""

    id: int
    version: int
    ppa_id: int | None
    old: Mapping[str, Any]
    new: Mapping[str, Any]


def insert_rows(session: Session, model: type[db.Model], rows: Sequence[Mapping[str, Any]]) -> None:
    """Adds the rows, each with its id from `new_ids`, and their audit entries.

    Every row names the same columns; the model's defaults fill the others. No hook of the session
    sees the rows, so what these would derive must be there already.
    """
    table = model.__table__
    defaults = _defaults(table)
    whole = [defaults | row for row in rows]
    with unit_of_work():
        insert_many(session.connection(), table, whole)
    names = list(whole_row(table, whole[0]))
    record(
        session,
        [
            Change(
                table,
                str(row["id"]),
                AuditAction.INSERT,
                {name: (None, row[name]) for name in names},
                ppa_of(session, table, row),
            )
            for row in whole
        ],
    )


def new_ids(session: Session, model: type[db.Model], count: int) -> list[int]:
    """Ids for rows about to be inserted, ascending; the database gives none of them again."""
    connection, table = session.connection(), model.__table__
    if connection.dialect.name == "postgresql":
        sequence = func.pg_get_serial_sequence(table.name, "id")
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


def update_rows(session: Session, batches: Mapping[type[db.Model], Sequence[RowUpdate]]) -> None:
    """Writes the rows and their audit entries; objects already in the session follow.

    Every row of a model names the same columns. Raises Conflict when a row has another version
    than the one it was read with.
    """
    changes: list[Change] = []
    for model, rows in batches.items():
        if rows:
            _write(session, model, rows)
            changes += [_change(model, row) for row in rows]
            _refresh(session, model, rows)
    record(session, changes)


def _write(session: Session, model: type[db.Model], rows: Sequence[RowUpdate]) -> None:
    names = [name for name in rows[0].new if any(row.new[name] != row.old[name] for row in rows)]
    values = [
        {"id": row.id, "version": row.version} | {name: row.new[name] for name in names}
        for row in rows
    ]
    with unit_of_work():
        written = update_many(session.connection(), model.__table__, values)
    if written != len(rows):
        raise Conflict("Somebody else changed the same rows at the same moment. Please try again.")


def _change(model: type[db.Model], row: RowUpdate) -> Change:
    changes = {name: (row.old[name], new) for name, new in row.new.items() if row.old[name] != new}
    changes["version"] = (row.version, row.version + 1)
    return Change(model.__table__, str(row.id), AuditAction.UPDATE, changes, row.ppa_id)


def _refresh(session: Session, model: type[db.Model], rows: Sequence[RowUpdate]) -> None:
    written = {row.id: row for row in rows}
    for instance in session.identity_map.values():
        if isinstance(instance, model) and (row := written.get(inspect(instance).identity[0])):
            for name, value in {**row.new, "version": row.version + 1}.items():
                attributes.set_committed_value(instance, name, value)
