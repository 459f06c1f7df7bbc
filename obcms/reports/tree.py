"""The work tree of a PPA with its budget figures: one query, assembled in Python (SPEC 3, 5)."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, select

from obcms.extensions import db
from obcms.models import WorkItem
from obcms.rules.budget import budget_state, utilization, variance, variance_percent
from obcms.rules.outline import outline_numbers

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


def budget_tree(rows: Sequence[TreeRow], root_id: int | None) -> dict[str, Any] | None:
    """The tree under `root_id` as nested plain values, ready for JSON: money as strings."""
    children = children_by_parent(rows)
    numbers = outline_numbers((row.id, row.parent_id, row.position) for row in rows)
    nodes = {row.id: _node(row, numbers[row.id], row.id in children) for row in rows}
    for parent_id, below in children.items():
        if parent_id in nodes:
            nodes[parent_id]["children"] = [nodes[row.id] for row in below]
    return nodes.get(root_id)


def _node(row: TreeRow, number: str, has_children: bool) -> dict[str, Any]:
    plain: Mapping[str, Any] = figures(row, has_children)
    return {
        "id": row.id,
        "outline": number,
        "title": row.title,
        "work_type": row.work_type.value,
        "status": row.status.value,
        "priority": row.priority.value,
        "progress": str(row.progress),
        "start_date": row.start_date and row.start_date.isoformat(),
        "end_date": row.end_date and row.end_date.isoformat(),
        "version": row.version,
        **{name: _text(value) for name, value in plain.items()},
        "children": [],
    }


def _text(value: object) -> str | None:
    return None if value is None else str(value)
