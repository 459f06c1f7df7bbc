"""The work tree of a PPA with its budget figures: one query, assembled in Python (SPEC 3, 5)."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, select

from obcms.extensions import db
from obcms.models import WorkItem
from obcms.rules.budget import budget_state, utilization, variance, variance_percent

# A row of `tree_rows`: the columns below, as attributes.
TreeRow = Row[Any]
COLUMNS = (
    WorkItem.id,
    WorkItem.parent_id,
    WorkItem.position,
    WorkItem.version,
    WorkItem.work_type,
    WorkItem.title,
    WorkItem.status,
    WorkItem.priority,
    WorkItem.progress,
    WorkItem.auto_calculate_progress,
    WorkItem.cancelled_by_hand,
    WorkItem.start_date,
    WorkItem.end_date,
    WorkItem.allocated_budget,
    WorkItem.budget_share,
    WorkItem.distributed,
    WorkItem.effective_allocation,
    WorkItem.spent_here,
    WorkItem.spent_total,
)


def tree_rows(ppa_id: int) -> Sequence[TreeRow]:
    """Every work item of the PPA, siblings in their order; amounts in pesos."""
    query = select(*COLUMNS).where(WorkItem.ppa_id == ppa_id)
    return db.session.execute(query.order_by(WorkItem.position, WorkItem.id)).all()


def children_by_parent(rows: Iterable[TreeRow]) -> dict[int | None, list[TreeRow]]:
    """The rows under each parent id, in order; the roots under None."""
    children: dict[int | None, list[TreeRow]] = {}
    for row in rows:
        children.setdefault(row.parent_id, []).append(row)
    return children


def figures(row: TreeRow, has_children: bool) -> dict[str, Any]:
    """The budget figures of one node (SPEC 5), in pesos and percent 0–100; None means "not set".

    They compare with the effective allocation, so an item budgeted from below has them too.
    """
    allocated, spent = row.effective_allocation, row.spent_total
    own = row.allocated_budget
    return {
        "allocated_budget": own,
        "effective_allocation": allocated,
        "distributed": row.distributed,
        "unallocated": None if own is None else own - (row.distributed or Decimal(0)),
        "spent_here": row.spent_here,
        "spent_total": spent,
        "remaining": None if allocated is None else allocated - spent,
        "variance": variance(allocated, spent),
        "variance_percent": variance_percent(allocated, spent),
        "utilization": utilization(allocated, spent),
        "budget_state": budget_state(own, row.distributed, has_children),
    }
