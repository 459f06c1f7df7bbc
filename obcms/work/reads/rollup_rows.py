"""The rows that a roll-up reads: changed items, their ancestors, and the direct children of these.

Plain columns rather than objects: two queries at most, whatever the size of the tree.
"""

from collections.abc import Collection, Iterable
from decimal import Decimal
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import select, union_all
from sqlalchemy.orm import Session

from obcms.ppas.models import PPA
from obcms.ppas.rules.choices import ApprovalStatus, DeliveryFlag, PPAStatus, ProgressWeighting
from obcms.work.reads.tree import COLUMNS, ITEM, TreeRow, read_rows, read_trees
from obcms.work.rules.rollup import Node


class PPARow(NamedTuple):
    """What a roll-up reads or writes of a PPA: amounts in pesos, percent 0–100."""

    id: int
    version: int
    code: str
    enable_workitem_tracking: bool
    execution_project_id: int | None
    budget_allocation: Decimal | None
    approval_status: ApprovalStatus
    auto_sync_progress: bool
    auto_sync_status: bool
    progress_weighting: ProgressWeighting
    progress: Decimal
    status: PPAStatus
    delivery_flag: DeliveryFlag | None
    over_distributed: Decimal


PPA_COLUMNS = tuple(PPA.__table__.c[name] for name in PPARow._fields)
_before_money = attrgetter(
    "id", "parent_id", "status", "progress", "auto_calculate_progress", "cancelled_by_hand"
)
ZERO = Decimal(0)
# Above this many changed items, reading their whole trees costs less than naming each.
MANY = 500


def read_with_ancestors(session: Session, item_ids: Collection[int]) -> list[TreeRow]:
    """The items, their ancestors and the direct children of all these; each row once."""
    connection = session.connection()
    if len(item_ids) > MANY:
        keys = select(ITEM.tree_key).where(ITEM.id.in_(item_ids)).distinct()
        return read_trees(connection, connection.scalars(keys))
    line = select(ITEM.id, ITEM.parent_id).where(ITEM.id.in_(item_ids))
    line = line.cte("line", recursive=True)
    line = line.union(select(ITEM.id, ITEM.parent_id).join(line, ITEM.id == line.c.parent_id))
    itself = select(*COLUMNS).join(line, ITEM.id == line.c.id)
    below = select(*COLUMNS).join(line, ITEM.parent_id == line.c.id)
    rows = read_rows(connection, union_all(itself, below))
    return list({row.id: row for row in rows}.values())


def ppa_rows(session: Session, ppa_ids: Iterable[int]) -> dict[int, PPARow]:
    """The PPAs' own columns that a roll-up reads or writes, by id."""
    wanted = [ppa_id for ppa_id in ppa_ids if ppa_id is not None]
    if not wanted:
        return {}
    found = session.connection().execute(select(*PPA_COLUMNS).where(PPA.id.in_(wanted)))
    return {row.id: row for row in map(PPARow._make, found)}


def as_node(row: TreeRow, allocation: Any, spent_here: Any) -> Node:
    """The row as the rules see an item to derive."""
    return Node(*_before_money(row), allocation, spent_here, row.start_date, row.end_date)
