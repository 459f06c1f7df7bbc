"""Importing a ministry's own list of PPAs: how it is written and taken back (SPEC 13)."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from obcms.imports.declared import Import, Json, Undoing, Written, add_import
from obcms.imports.outcome import PlannedRow, RowKind
from obcms.imports.overtaken import changed_ppas, later_changes
from obcms.imports.ppa_records import SHOWN, PPARecords
from obcms.imports.reading.as_json import from_json
from obcms.imports.reading.doubts import PPA_ANSWERS
from obcms.kernel.errors import Conflict, NotFound
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Actor, Permission
from obcms.ppas.checks import FIELDS
from obcms.ppas.delete import take_back_ppas
from obcms.ppas.locks import lock_trees
from obcms.ppas.many import locked_ppas, write_ppas
from obcms.ppas.models import PPA


def _write(actor: Actor, rows: Sequence[PlannedRow]) -> list[Written]:
    new = [row for row in rows if row.kind is RowKind.NEW]
    changed = [row for row in rows if row.record_id is not None]
    anew = {row.record_id: {n: value for n, (_, value) in row.changes.items()} for row in changed}
    ids = write_ppas(actor, [row.values for row in new], anew)
    added = [
        Written(ppa_id, None, _plain(row.values)) for ppa_id, row in zip(ids, new, strict=True)
    ]
    return added + [_changed(row) for row in changed]


def _lock(rows: Sequence[PlannedRow]) -> None:
    lock_trees(db.session(), [row.record_id for row in rows if row.record_id is not None])


def _changed(row: PlannedRow) -> Written:
    before = {name: old for name, (old, _) in row.changes.items()}
    after = {name: new for name, (_, new) in row.changes.items()}
    return Written(row.record_id or 0, _plain(before), _plain(after))


def _plain(values: Mapping[str, Any]) -> Json:
    """Amounts and days as text, as the PPA's fields take them again."""
    return {
        name: str(value) if isinstance(value, Decimal | date) else value
        for name, value in values.items()
    }


def _undo(actor: Actor, undoing: Undoing) -> None:
    ids = [one.record_id for one in undoing.rows]
    try:
        ppas = locked_ppas(ids)
    except NotFound:
        raise Conflict("One of these PPAs was deleted since, so nothing was undone.") from None
    told = later_changes(ids, undoing.last_entry)
    told = told or [
        f"{ppa.code} was changed"
        for ppa, one in zip(ppas, undoing.rows, strict=True)
        if not _holds(ppa, one.after)
    ]
    if told:
        raise Conflict(f"Nothing was undone, because later something changed. {'; '.join(told)}.")
    write_ppas(actor, [], {one.record_id: one.before for one in undoing.rows if one.before})
    added = {one.record_id for one in undoing.rows if one.before is None}
    take_back_ppas(actor, [ppa for ppa in ppas if ppa.id in added])


def _holds(ppa: PPA, after: Json) -> bool:
    return all(
        FIELDS[name].same(getattr(ppa, name), FIELDS[name].clean(value))
        for name, value in after.items()
        if name in FIELDS
    )


PPA_LIST = add_import(
    Import(
        name="ppas",
        title="Import PPAs",
        plural="PPAs",
        permission=Permission.PPA_IMPORT,
        task="obcms.imports.reading.as_json:parse_to_json",
        answers=PPA_ANSWERS,
        from_json=from_json,
        shown=SHOWN,
        records=PPARecords,
        lock=_lock,
        write=_write,
        undo=_undo,
        changed_since=lambda rows, since: changed_ppas([row.code for row in rows], since),
    )
)
