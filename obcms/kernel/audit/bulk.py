"""Set-based writes of audited rows: one statement and one of the trail for any number of rows."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Row, Table, insert, inspect
from sqlalchemy.orm import Session, attributes

from obcms.kernel.audit.hook import record_associations
from obcms.kernel.audit.models import AuditAction
from obcms.kernel.audit.registry import EXCLUDED_COLUMNS
from obcms.kernel.audit.subject import subject_of
from obcms.kernel.audit.trail import RowChange, record, row_key, whole_row, writers, written
from obcms.kernel.db.constraints import RACE
from obcms.kernel.db.kept_text import KeepsText, kept_text
from obcms.kernel.db.many_rows import bind, each, update_many
from obcms.kernel.errors import Conflict
from obcms.kernel.extensions import db, unit_of_work


class RowUpdate(NamedTuple):
    """A row of a subject by its id and version, and what it held and shall hold."""

    id: int
    version: int
    subject_id: int | None
    old: tuple[Any, ...]
    new: tuple[Any, ...]


class Updates(NamedTuple):
    """Rows of one model; `names` are the columns in their `old` and `new`, in that order."""

    model: type[db.Model]
    names: Sequence[str]
    rows: Sequence[RowUpdate]


def insert_rows(
    session: Session, model: type[db.Model], rows: Sequence[Mapping[str, Any]]
) -> Sequence[Row[Any]]:
    """Inserts rows with their audit entries; returns them as they are stored, in no certain order.

    All of them name the same columns; the model's defaults fill the others. No hook of the session
    sees the rows, so what these would derive must be there already.
    """
    table = model.__table__
    if issubclass(model, KeepsText):
        rows = [{**row, **kept_text(model, row)} for row in rows]
    with unit_of_work():
        stored = session.connection().execute(insert(table).returning(*table.c), rows).all()
    entries = []
    for row in sorted(stored, key=lambda row: row.id):
        kept = whole_row(table, row._mapping)
        changes = written(table, {name: (None, value) for name, value in kept.items()})
        subject = subject_of(session, table, kept)
        entries.append(RowChange(table, row_key(table, kept), AuditAction.INSERT, changes, subject))
    record(session, entries)
    return stored


def insert_pairs(
    session: Session, table: Table, pairs: Sequence[Mapping[str, Any]], subject_id: int
) -> None:
    """Adds rows of an audited association table that belong to the subject, with their entries."""
    if pairs:
        with unit_of_work():
            session.connection().execute(insert(table), pairs)
        record_associations(session, subject_id)


def update_rows(session: Session, batches: Sequence[Updates]) -> None:
    """Writes the rows and their audit entries; objects already in the session follow.

    Raises Conflict when a row has another version than the one it was read with.
    """
    entries: list[RowChange] = []
    for batch in batches:
        if batch.rows:
            entries += _write(session, batch)
            _refresh(session, batch)
    record(session, entries)


def _write(session: Session, batch: Updates) -> list[RowChange]:
    table, rows = batch.model.__table__, batch.rows
    ids, versions = [row.id for row in rows], [row.version for row in rows]
    olds = zip(*(row.old for row in rows), strict=True)
    news = zip(*(row.new for row in rows), strict=True)
    columns = {"id": ids, "version": versions}
    cells = [each(lambda version: _cell(table, "version", version, version + 1), versions)]
    for name, old, new in zip(batch.names, olds, news, strict=True):
        if old != new:
            columns[name] = new
            if name not in EXCLUDED_COLUMNS:
                pairs = list(zip(old, new, strict=True))
                cells.append(each(partial(_changed_cell, table, name), pairs))
    connection = session.connection()
    with unit_of_work():
        found = update_many(connection, table, bind(connection.dialect, table, columns))
    if found != len(rows):
        raise Conflict(RACE)
    changes = (_as_changes(filter(None, changed)) for changed in zip(*cells, strict=True))
    return [
        RowChange(table, str(row.id), AuditAction.UPDATE, columns, row.subject_id)
        for row, columns in zip(rows, changes, strict=True)
    ]


def _cell(table: Table, name: str, old: Any, new: Any) -> str:
    """A column's old and new value in the JSON text of an entry: `"title":[null,"Roads"]`."""
    write = writers(table)[name]
    return f'"{name}":{orjson.dumps([write(old), write(new)]).decode()}'


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
