"""Entries for what migrations wrote: rows and columns that the trail does not know yet (SPEC 9)."""

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Any

from sqlalchemy.orm import Session

from obcms.kernel.audit.fingerprints import fingerprint_name, fingerprints
from obcms.kernel.audit.models import AuditAction
from obcms.kernel.audit.origin import Origin, acting
from obcms.kernel.audit.past import from_trail
from obcms.kernel.audit.replay import Replayed, entries_in_order
from obcms.kernel.audit.rows import DifferenceKind, DifferingRow, differences
from obcms.kernel.audit.subject import subject_of
from obcms.kernel.audit.trail import RowChange, record

ACTOR = "upgrade"
BATCH = 1_000


def catch_up(session: Session, archived: Iterable[dict[str, Any]] = ()) -> int:
    """Writes entries for what an upgrade has added; returns how many.

    The first time, before which the trail did not know of all that migrations do, everything that
    differs is entered as it stands. Later only new columns and the rows of new tables are: a
    migration that changes a value, or adds a row to a table that was there, writes its own entry,
    and nothing that was done behind the trail's back is covered up.
    """
    connection = session.connection()
    replayed = Replayed(entries_in_order(connection, archived))
    is_first = ACTOR not in replayed.actors
    count = 0
    entered = chain.from_iterable(
        _entered(session, found, is_first)
        for found in differences(connection, replayed)
        if is_first
        or found.kind is DifferenceKind.CHANGED
        or found.table.name not in replayed.tables
    )
    with acting(Origin(None, ACTOR)):
        while changes := list(islice(entered, BATCH)):
            record(session, changes)
            count += len(changes)
    return count


def _entered(session: Session, found: DifferingRow, is_first: bool) -> Iterator[RowChange]:
    told, table, key = found.told, found.table, found.row_key
    if found.kind is DifferenceKind.MISSING:
        if is_first:
            columns = {name: [old, None] for name, old in told.items()}
            yield _change(session, found, AuditAction.DELETE, columns)
        return
    names = [name for name in found.columns if is_first or name not in told]
    action = AuditAction.UPDATE
    if found.kind is DifferenceKind.UNTOLD:
        names, action = list(found.live), AuditAction.INSERT
    hidden = {
        name: (None, value)
        for name, value in found.hidden.items()
        if value is not None and fingerprint_name(name) not in told
    }
    columns = {name: [told.get(name), found.live[name]] for name in names}
    columns |= fingerprints(table, key, hidden)
    if columns:
        yield _change(session, found, action, columns)


def _change(
    session: Session, found: DifferingRow, action: AuditAction, columns: dict[str, list[Any]]
) -> RowChange:
    row = found.live or found.told
    values = {c.name: from_trail(found.table, c.name, row.get(c.name)) for c in found.table.columns}
    return RowChange(
        found.table, found.row_key, action, columns, subject_of(session, found.table, values)
    )
