"""A PPA and its work tree as they were at a moment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Connection

from obcms.history.reads.names import NamesThen
from obcms.kernel.audit.archives import last_archive
from obcms.kernel.audit.past import Rows, from_trail, one_moment, rows_then, whole
from obcms.kernel.audit.position import position_at
from obcms.kernel.errors import Invalid
from obcms.kernel.extensions import db
from obcms.kernel.formats import moment
from obcms.ppas.models import PPA
from obcms.work.models import WorkItem
from obcms.work.reads.tree import TreeRow

PPA_TABLE, ITEM_TABLE = PPA.__table__, WorkItem.__table__
WANTED = whole([PPA_TABLE]) | {ITEM_TABLE: TreeRow._fields}


@dataclass(frozen=True, slots=True)
class PastPPA:
    """The PPA's columns, its ministry as it was called then, and what was spent, in pesos.

    `ppa` is None before the PPA existed.
    """

    at: datetime
    ppa: SimpleNamespace | None
    spent: Decimal


@dataclass(frozen=True, slots=True)
class PastTree(PastPPA):
    """With the work items, siblings in their order."""

    items: Sequence[TreeRow]


def ppa_as_of(ppa_id: int, at: datetime) -> PastTree:
    """The PPA at the moment, rebuilt from what stands now and the trail since.

    The number of queries and the memory are the same whatever happened in between.
    """
    with one_moment(db.session()) as connection:
        position = find_position(connection, at)
        rows = rows_then(connection, WANTED, ppa_id, position)
        past = past_ppa(connection, rows, at, position)
    items = [_tree_row(row) for row in rows[ITEM_TABLE.name].values()]
    items.sort(key=lambda item: (item.position, item.id))
    return PastTree(past.at, past.ppa, past.spent, items)


def find_position(connection: Connection, at: datetime) -> int:
    """The last entry that was written by the moment.

    Raises Invalid where later ones are archived: the past can be rebuilt from what is here alone.
    """
    position, archived = position_at(connection, at), last_archive(connection)
    if archived is not None and position < archived.last_entry_id:
        raise Invalid(
            f"The audit trail before {moment(archived.until)} is archived in files, so nothing "
            "earlier can be shown here."
        )
    return position


def past_ppa(connection: Connection, rows: Rows, at: datetime, position: int) -> PastPPA:
    """The PPA of the rows, which are as they were at the position.

    What was spent is what its roots have in all.
    """
    items = rows[ITEM_TABLE.name].values()
    spent = (Decimal(item["spent_total"]) for item in items if item["parent_id"] is None)
    ppa = next(map(_ppa, rows[PPA_TABLE.name].values()), None)
    if ppa is not None:
        moa_id = ppa.implementing_moa_id
        names = NamesThen(connection, [moa_id] if moa_id else [], [], position)
        ppa.implementing_moa = names.organization(moa_id, position) if moa_id else None
    return PastPPA(at, ppa, sum(spent, Decimal(0)))


def _ppa(row: Mapping[str, Any]) -> SimpleNamespace:
    values = {name: from_trail(PPA_TABLE, name, row.get(name)) for name in WANTED[PPA_TABLE]}
    return SimpleNamespace(**values)


def _tree_row(row: Mapping[str, Any]) -> TreeRow:
    """What an old entry does not have, because the column came later, is not set."""
    return TreeRow(*(from_trail(ITEM_TABLE, name, row.get(name)) for name in TreeRow._fields))
