"""Set-based updates of audited rows: one UPDATE and one audit statement for any number of rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session, attributes

from obcms.audit.trail import Change, record
from obcms.errors import Conflict
from obcms.extensions import db, unit_of_work
from obcms.models import AuditAction


@dataclass(frozen=True, slots=True)
class RowUpdate:
    """A row by its id and version, and the same columns in `old` and `new`."""

    id: int
    version: int
    old: Mapping[str, Any]
    new: Mapping[str, Any]


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
    table = model.__table__
    columns = list(rows[0].new)
    statement = (
        update(table)
        .where(table.c.id == bindparam("row_id"), table.c.version == bindparam("row_version"))
        .values({name: bindparam(f"new_{name}") for name in columns} | {"version": table.c.version + 1})
    )
    parameters = [
        {f"new_{name}": value for name, value in row.new.items()}
        | {"row_id": row.id, "row_version": row.version}
        for row in rows
    ]
    with unit_of_work():
        result = session.connection().execute(statement, parameters)
    if result.rowcount != len(rows):
        raise Conflict("Somebody else changed the same rows at the same moment. Please try again.")


def _change(model: type[db.Model], row: RowUpdate) -> Change:
    changes = {name: (row.old[name], new) for name, new in row.new.items() if row.old[name] != new}
    changes["version"] = (row.version, row.version + 1)
    return Change(model.__table__, str(row.id), AuditAction.UPDATE, changes)


def _refresh(session: Session, model: type[db.Model], rows: Sequence[RowUpdate]) -> None:
    for row in rows:
        instance = session.identity_map.get(session.identity_key(model, row.id))
        if instance is not None:
            for name, value in {**row.new, "version": row.version + 1}.items():
                attributes.set_committed_value(instance, name, value)
