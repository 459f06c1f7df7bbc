"""The budget allocation tree as the screens and the API answer it (SPEC 5, 12)."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from obcms.budget.reads.tree_version import last_distributed, tree_version
from obcms.ppas.models import PPA
from obcms.work.reads.tree import TreeRow, children_by_parent, figures, read_tree
from obcms.work.rules.outline import outline_numbers


def budget_tree_answer(ppa: PPA) -> dict[str, Any]:
    """Pesos and percents as Decimal, which become text in JSON; None for a tree never made."""
    rows = read_tree(ppa.id) if ppa.execution_project_id is not None else []
    tree = budget_tree(rows, ppa.execution_project_id)
    total, allocated = ppa.budget_allocation, (tree and tree["distributed"]) or Decimal(0)
    return {
        "ppa_id": ppa.id,
        "ppa_title": ppa.title,
        "total_budget": total,
        "allocated_budget": allocated,
        "unallocated_budget": None if total is None else total - allocated,
        "budget_currency": "PHP",
        "tracked": ppa.has_work_tree,
        "version": tree_version(ppa.id, total, last_distributed(ppa.id), rows),
        "tree": tree,
    }


def budget_tree(rows: Sequence[TreeRow], root_id: int | None) -> dict[str, Any] | None:
    """The item `root_id` with what is below it nested in `children`; None where it is not there."""
    below = children_by_parent(rows)
    numbers = outline_numbers((row.id, row.parent_id, row.position) for row in rows)
    nodes = {row.id: _node(row, numbers[row.id], row.id in below) for row in rows}
    for parent_id, children in below.items():
        if parent_id in nodes:
            nodes[parent_id]["children"] = [nodes[child.id] for child in children]
    return nodes.get(root_id)


def _node(row: TreeRow, number: str, has_children: bool) -> dict[str, Any]:
    return {
        "id": row.id,
        "outline": number,
        "title": row.title,
        "work_type": row.work_type,
        "status": row.status,
        "priority": row.priority,
        "progress": row.progress,
        "start_date": row.start_date,
        "end_date": row.end_date,
        "version": row.version,
        **figures(row, has_children),
        "children": [],
    }
