"""The figures of a work tree recomputed from scratch, the slow and obvious way.

It shares no code with the roll-up: exact fractions, recursion, one query for everything.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from obcms.ppas.models import PPA
from obcms.spending.models import Expenditure
from obcms.work.models import WorkItem

COLUMNS = ("status", "progress", "distributed", "effective_allocation", "spent_here", "spent_total")


@dataclass
class Figures:
    status: str
    progress: Decimal
    distributed: Decimal | None
    effective_allocation: Decimal | None
    spent_here: Decimal
    spent_total: Decimal


def stored_and_expected(
    session: Session, ppa: PPA
) -> tuple[dict[int, Figures], dict[int, Figures]]:
    """What the database holds, and what it should hold, by work item id."""
    items = session.scalars(
        select(WorkItem)
        .where(WorkItem.ppa_id == ppa.id)
        .order_by(WorkItem.id)
        .execution_options(populate_existing=True)
    ).all()
    spent = dict(
        session.execute(
            select(Expenditure.work_item_id, func.sum(Expenditure.amount))
            .where(Expenditure.voided_at.is_(None))
            .group_by(Expenditure.work_item_id)
        ).all()
    )
    stored = {item.id: Figures(*(getattr(item, name) for name in COLUMNS)) for item in items}
    expected: dict[int, Figures] = {}
    for root in (item for item in items if item.parent_id is None):
        _visit(root, items, spent, ppa, expected)
    return stored, expected


def _visit(
    item: WorkItem,
    items: list[WorkItem],
    spent: dict[int, Decimal],
    ppa: PPA,
    expected: dict[int, Figures],
) -> None:
    children = [child for child in items if child.parent_id == item.id]
    for child in children:
        _visit(child, items, spent, ppa, expected)
    below = [(child, expected[child.id]) for child in children]
    mine = spent.get(item.id, Decimal("0.00"))
    allocated = ppa.budget_allocation if item.id == ppa.execution_project_id else None
    allocated = item.allocated_budget if allocated is None else allocated
    parts = [
        part
        for child, figures in below
        for part in [
            (figures.spent_total or None)
            if figures.status == "cancelled"
            else figures.effective_allocation
        ]
        if part is not None
    ]
    distributed = sum(parts, Decimal(0)) if parts else None
    status, progress = item.status.value, item.progress
    if children and item.auto_calculate_progress:
        progress = _mean(below, ppa, item.progress)
        status = "cancelled" if item.cancelled_by_hand else _status(below)
    expected[item.id] = Figures(
        status,
        progress,
        distributed,
        allocated if allocated is not None else distributed,
        mine,
        mine + sum((figures.spent_total for _, figures in below), Decimal(0)),
    )


def _mean(below: list[tuple[WorkItem, Figures]], ppa: PPA, own: Decimal) -> Decimal:
    weigh: dict[str, Callable[[Any, Any], Fraction]] = {
        "equal": lambda _child, _figures: Fraction(1),
        "budget": lambda _child, figures: Fraction(figures.effective_allocation or 0),
        "duration": lambda child, _figures: Fraction(
            (child.end_date - child.start_date).days + 1
            if child.start_date and child.end_date
            else 0
        ),
    }
    counted = [(child, figures) for child, figures in below if figures.status != "cancelled"]
    if not counted:
        return own
    weights = [weigh[ppa.progress_weighting.value](child, figures) for child, figures in counted]
    if not sum(weights):
        weights = [Fraction(1)] * len(counted)
    total = sum(
        weight * Fraction(figures.progress)
        for weight, (_, figures) in zip(weights, counted, strict=True)
    )
    exact = total / sum(weights)
    mean = (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(
        Decimal("0.01"), ROUND_HALF_UP
    )
    unfinished = any(figures.progress < 100 for _, figures in counted)
    return min(mean, Decimal("99.99")) if unfinished else mean


def _status(below: list[tuple[WorkItem, Figures]]) -> str:
    statuses = [figures.status for _, figures in below if figures.status != "cancelled"]
    if not statuses:
        return "cancelled"
    if all(status == "completed" for status in statuses):
        return "completed"
    if all(status == "not_started" for status in statuses):
        return "not_started"
    unfinished = [status for status in statuses if status != "completed"]
    if all(status == "blocked" for status in unfinished):
        return "blocked"
    return "at_risk" if {"at_risk", "blocked"} & set(statuses) else "in_progress"
