"""The rows that a roll-up reads: changed items, their ancestors, and the direct children of these.

Plain columns rather than objects: two queries at most, whatever the size of the tree.
"""

from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal
from operator import attrgetter
from typing import Any

from sqlalchemy import Row, func, select, union_all
from sqlalchemy.orm import Session

from obcms.models import PPA, Expenditure, WorkItem
from obcms.rules.rollup import Child, Node, days_between

ITEM = WorkItem.__table__
ITEM_COLUMNS = (
    ITEM.c.id,
    ITEM.c.version,
    ITEM.c.ppa_id,
    ITEM.c.parent_id,
    ITEM.c.position,
    ITEM.c.work_type,
    ITEM.c.title,
    ITEM.c.status,
    ITEM.c.progress,
    ITEM.c.completed_at,
    ITEM.c.auto_calculate_progress,
    ITEM.c.cancelled_by_hand,
    ITEM.c.allocated_budget,
    ITEM.c.budget_share,
    ITEM.c.start_date,
    ITEM.c.end_date,
    ITEM.c.distributed,
    ITEM.c.effective_allocation,
    ITEM.c.spent_here,
    ITEM.c.spent_total,
)
PPA_COLUMNS = (
    PPA.id,
    PPA.version,
    PPA.code,
    PPA.enable_workitem_tracking,
    PPA.execution_project_id,
    PPA.budget_allocation,
    PPA.approval_status,
    PPA.auto_sync_progress,
    PPA.auto_sync_status,
    PPA.progress_weighting,
    PPA.progress,
    PPA.status,
    PPA.delivery_flag,
    PPA.over_distributed,
)
_before_money = attrgetter(
    "id", "parent_id", "status", "progress", "auto_calculate_progress", "cancelled_by_hand"
)
ZERO = Decimal(0)
# Above this many changed items, reading their whole trees costs less than naming each.
MANY = 500


def lines_up(session: Session, item_ids: Collection[int]) -> Sequence[Row[Any]]:
    """The items, their ancestors and the direct children of all these; each row once."""
    if len(item_ids) > MANY:
        ppas = select(ITEM.c.tree_key).where(ITEM.c.id.in_(item_ids))
        return trees(session, set(session.connection().scalars(ppas.distinct())))
    line = select(ITEM.c.id, ITEM.c.parent_id).where(ITEM.c.id.in_(item_ids))
    line = line.cte("line", recursive=True)
    line = line.union(select(ITEM.c.id, ITEM.c.parent_id).join(line, ITEM.c.id == line.c.parent_id))
    itself = select(*ITEM_COLUMNS).join(line, ITEM.c.id == line.c.id)
    below = select(*ITEM_COLUMNS).join(line, ITEM.c.parent_id == line.c.id)
    rows = session.connection().execute(union_all(itself, below))
    return list({row.id: row for row in rows}.values())


def trees(session: Session, ppa_ids: Iterable[int]) -> Sequence[Row[Any]]:
    """Every item of these PPAs, siblings in their order; 0 stands for the items without one."""
    query = select(*ITEM_COLUMNS).where(ITEM.c.tree_key.in_(list(ppa_ids)))
    return session.connection().execute(query.order_by(ITEM.c.position, ITEM.c.id)).all()


def ppa_rows(session: Session, ppa_ids: Iterable[int]) -> dict[int, Row[Any]]:
    """The PPAs' own columns that a roll-up reads or writes, by id."""
    wanted = [ppa_id for ppa_id in ppa_ids if ppa_id is not None]
    if not wanted:
        return {}
    rows = session.connection().execute(select(*PPA_COLUMNS).where(PPA.id.in_(wanted)))
    return {row.id: row for row in rows}


def spent_by_item(session: Session, item_ids: Collection[int]) -> dict[int, Any]:
    """Pesos posted and not voided, by work item; items without a line are left out."""
    if not item_ids:
        return {}
    query = (
        select(Expenditure.work_item_id, func.sum(Expenditure.amount))
        .where(Expenditure.work_item_id.in_(item_ids), Expenditure.voided_at.is_(None))
        .group_by(Expenditure.work_item_id)
    )
    return dict(session.connection().execute(query).tuples().all())


def spent_in_trees(session: Session, ppa_ids: Iterable[int]) -> dict[int, Any]:
    """Pesos posted and not voided, by work item, for every item of these PPAs."""
    query = (
        select(Expenditure.work_item_id, func.sum(Expenditure.amount))
        .join(ITEM, ITEM.c.id == Expenditure.work_item_id)
        .where(ITEM.c.tree_key.in_(list(ppa_ids)), Expenditure.voided_at.is_(None))
        .group_by(Expenditure.work_item_id)
    )
    return dict(session.connection().execute(query).tuples().all())


def as_node(row: Row[Any], allocation: Any, spent_here: Any) -> Node:
    """The row as the rules see an item to derive."""
    return Node(*_before_money(row), allocation, spent_here, row.start_date, row.end_date)


def as_child(row: Row[Any]) -> Child:
    """The row as the rules see a child whose stored values stand."""
    days = days_between(row.start_date, row.end_date)
    return Child(row.id, row.status, row.progress, row.effective_allocation, days, row.spent_total)
