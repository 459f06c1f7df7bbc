"""Session and engine events that put every change of an audited row into the trail.

Rows come from the session's own bookkeeping after each flush. Association rows have no object, so
their statements are read as they pass the engine. Any other bulk statement on an audited table is
refused there: it would change rows without saying which.
"""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from sqlalchemy import Delete, Engine, Insert, Table, Update, event, inspect
from sqlalchemy.engine import Connection
from sqlalchemy.orm import InstanceState, LoaderCallableStatus, Mapper, Session, UOWTransaction

from obcms.kernel.audit.fingerprints import fingerprints
from obcms.kernel.audit.models import AuditAction
from obcms.kernel.audit.registry import (
    EXCLUDED_COLUMNS,
    SECRET_COLUMNS,
    association_tables,
    audited_tables,
)
from obcms.kernel.audit.subject import subject_of
from obcms.kernel.audit.trail import RowChange, record, row_key, whole_row, written
from obcms.kernel.db.columns import Timestamped
from obcms.kernel.db.types import utc_now
from obcms.kernel.extensions import in_unit_of_work

_PENDING = "audit_association_changes"


class BulkWriteRefused(RuntimeError):
    """A bulk statement on an audited table. Use the session's objects, or `audit.bulk`."""


def stamp_rows(session: Session, _context: object) -> None:
    """Dates what changes, and reads what is deleted, so that its entry holds the whole row."""
    for instance in session.dirty:
        if isinstance(instance, Timestamped) and session.is_modified(instance):
            instance.updated_at = utc_now()
    for instance in session.deleted:
        state = inspect(instance)
        if state.mapper.local_table not in audited_tables():
            continue
        expired = state.expired_attributes.intersection(_attribute_keys(state.mapper).values())
        if expired:
            session.refresh(instance, expired)


def record_changes(session: Session, context: UOWTransaction) -> None:
    """Writes an entry for each audited row that the flush has written."""
    entries = [
        entry
        for state, (is_delete, list_only) in context.states.items()
        if not list_only and state.mapper.local_table in audited_tables()
        for entry in _entries_of(session, state, is_delete)
    ]
    pending = session.connection().info.pop(_PENDING, ())
    pairs = [_association_entry(*one, subject_of(session, one[0], one[2])) for one in pending]
    record(session, [*entries, *pairs])


def record_associations(session: Session, subject_id: int) -> None:
    """Writes the entries of association rows of a subject that were written past a flush."""
    pending = session.connection().info.pop(_PENDING, ())
    record(session, [_association_entry(*one, subject_id) for one in pending])


def _entries_of(
    session: Session, state: InstanceState[Any], is_delete: bool
) -> Iterator[RowChange]:
    if is_delete or state.key is None:
        yield _whole_row_change(session, state, is_delete)
        return
    table, now = state.mapper.local_table, state.dict
    changed = _changed(state, _attribute_keys(state.mapper))
    secrets = _changed(state, _secret_keys(state.mapper))
    if not changed and not secrets:
        return
    if state.mapper.version_id_col is not None:
        # The unit of work raises the version by one, past the attribute's own bookkeeping.
        changed["version"] = (now["version"] - 1, now["version"])
    key = "/".join(map(str, state.identity))
    columns = written(table, changed) | fingerprints(table, key, secrets)
    yield RowChange(table, key, AuditAction.UPDATE, columns, subject_of(session, table, now))


def _changed(state: InstanceState[Any], keys: dict[str, str]) -> dict[str, tuple[Any, Any]]:
    before, now = state.committed_state, state.dict
    pairs = {
        name: (_known(before[key]), now.get(key)) for name, key in keys.items() if key in before
    }
    return {name: (old, new) for name, (old, new) in pairs.items() if old != new}


def _whole_row_change(session: Session, state: InstanceState[Any], is_delete: bool) -> RowChange:
    """Of a new or a deleted row; fingerprints are of what is there, so a deleted one needs none."""
    table, before, now = state.mapper.local_table, state.committed_state, state.dict
    keys = _attribute_keys(state.mapper)
    row = {name: now.get(key) for name, key in keys.items()}
    if is_delete:
        row |= {name: _known(before[key]) for name, key in keys.items() if key in before}
        columns = written(table, {name: (value, None) for name, value in row.items()})
    else:
        secrets = {name: (None, now.get(key)) for name, key in _secret_keys(state.mapper).items()}
        columns = written(table, {name: (None, value) for name, value in row.items()})
        columns |= fingerprints(table, row_key(table, row), secrets)
    action = AuditAction.DELETE if is_delete else AuditAction.INSERT
    return RowChange(table, row_key(table, row), action, columns, subject_of(session, table, row))


@cache
def _attribute_keys(mapper: Mapper[Any]) -> dict[str, str]:
    """The attribute of each column that the trail may hold, in the table's order."""
    return _keys_of(mapper, lambda name: name not in EXCLUDED_COLUMNS)


@cache
def _secret_keys(mapper: Mapper[Any]) -> dict[str, str]:
    """The attribute of each column of which the trail holds a fingerprint."""
    return _keys_of(mapper, SECRET_COLUMNS.__contains__)


def _keys_of(mapper: Mapper[Any], is_wanted: Callable[[str], bool]) -> dict[str, str]:
    return {
        str(column.name): mapper.get_property_by_column(column).key
        for column in mapper.local_table.c
        if is_wanted(column.name)
    }


def _known(value: object) -> object:
    # An attribute left unset at the insert was written as NULL and never read back.
    return None if isinstance(value, LoaderCallableStatus) else value


@event.listens_for(Engine, "before_execute")
def _before_execute(
    connection: Connection,
    statement: object,
    multiparams: Any,
    params: Any,
    _options: object,
) -> None:
    if not isinstance(statement, Insert | Update | Delete):
        return
    table = statement.table
    if not isinstance(table, Table) or table not in audited_tables():
        return
    if not in_unit_of_work():
        raise BulkWriteRefused(
            f"A bulk {statement.__visit_name__} on {table.name} would leave no audit trail. "
            "Change the objects through the session instead."
        )
    if table in association_tables():
        rows = multiparams or ([params] if params else [])
        pending = connection.info.setdefault(_PENDING, [])
        pending.extend((table, isinstance(statement, Insert), row) for row in rows)


def _association_entry(
    table: Table, inserted: bool, row: dict[str, Any], subject_id: int | None
) -> RowChange:
    values = whole_row(table, row)
    changes = {name: (None, v) if inserted else (v, None) for name, v in values.items()}
    action = AuditAction.INSERT if inserted else AuditAction.DELETE
    return RowChange(table, row_key(table, row), action, written(table, changes), subject_id)
