"""Writing a planned work tree, all at once, with the figures that a roll-up would derive."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from obcms.audit.bulk import insert_rows, new_ids
from obcms.models import PPA, WorkItem
from obcms.rules.choices import ApprovalStatus, DistributionMethod, WorkStatus, WorkType
from obcms.rules.distribution import split, split_equally
from obcms.rules.planning import PlannedItem, count_items
from obcms.rules.rollup import Node, recompute
from obcms.services.touched import touched_in

ZERO = Decimal(0)


def write_tree(session: Session, ppa: PPA, planned: Sequence[PlannedItem]) -> int:
    """Writes the execution project of the PPA with the planned items; returns the root's id.

    One statement for all items, and one for their audit entries.
    """
    root = {
        "parent_id": None,
        "ppa_id": ppa.id,
        "work_type": WorkType.PROJECT,
        "title": ppa.title,
        "position": 0,
        "allocated_budget": ppa.budget_allocation,
        "budget_share": None,
        "start_date": ppa.start_date,
        "end_date": ppa.target_end_date,
    }
    ids = new_ids(session, WorkItem, 1 + count_items(planned))
    rows = _rows(ppa, {"id": ids[0]} | root, planned, iter(ids[1:]))
    is_started = ppa.approval_status == ApprovalStatus.ENACTED
    derived = recompute([_node(row) for row in rows], ppa.progress_weighting, is_started)
    for row in rows:
        figures = derived[row["id"]]
        row["status"] = figures.status
        row["distributed"] = figures.distributed
        row["effective_allocation"] = figures.effective
    insert_rows(session, WorkItem, {name: [row[name] for row in rows] for name in rows[0]})
    touched_in(session).derived[ids[0]] = derived[ids[0]]
    return ids[0]


def _rows(
    ppa: PPA, root: dict[str, Any], planned: Sequence[PlannedItem], ids: Iterator[int]
) -> list[dict[str, Any]]:
    """The root and all below it, parents before children."""
    rows, levels = [root], [(root, planned)]
    for parent, below in levels:  # grows while it is worked off
        amounts = _amounts(ppa.budget_distribution_policy, below, parent["allocated_budget"])
        for position, (one, amount) in enumerate(zip(below, amounts, strict=True)):
            row = {
                "id": next(ids),
                "parent_id": parent["id"],
                "ppa_id": ppa.id,
                "work_type": one.work_type,
                "title": one.title,
                "position": position,
                "allocated_budget": amount,
                "budget_share": one.budget_share,
                "start_date": one.start,
                "end_date": one.end,
            }
            rows.append(row)
            levels.append((row, one.children))
    return rows


def _amounts(
    policy: str, planned: Sequence[PlannedItem], budget: Decimal | None
) -> Sequence[Decimal | None]:
    """Equal parts, nothing yet (to be entered by hand), or the template's shares as weights."""
    if not planned or budget is None or policy == DistributionMethod.MANUAL:
        return [None] * len(planned)
    if policy == DistributionMethod.EQUAL:
        return split_equally(budget, len(planned))
    return split(budget, [one.budget_share for one in planned])


def _node(row: dict[str, Any]) -> Node:
    return Node(
        row["id"],
        row["parent_id"],
        WorkStatus.NOT_STARTED,
        ZERO,
        True,
        False,
        row["allocated_budget"],
        ZERO,
        row["start_date"],
        row["end_date"],
    )
