"""Writing a planned work tree, a level at a time, with its budget spread over it (SPEC 3)."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from obcms.kernel.audit.bulk import insert_rows
from obcms.kernel.rules.splitting import split, split_equally
from obcms.ppas.models import PPA
from obcms.ppas.rules.choices import ApprovalStatus
from obcms.work.models import WorkItem
from obcms.work.rules.budget import distributed
from obcms.work.rules.choices import DistributionMethod, WorkStatus
from obcms.work.rules.planning import PlannedItem

ZERO = Decimal(0)
PlannedAmounts = Sequence[Decimal | None]


class NewItem(NamedTuple):
    """A planned item as the row to be written, and what each item below it gets, in pesos."""

    planned: PlannedItem
    row: dict[str, Any]
    amounts: PlannedAmounts


def write_tree(session: Session, ppa: PPA, root: PlannedItem) -> int:
    """Writes the execution project and all that is planned below it; returns the root's id.

    The PPA must be locked. The rows hold what a roll-up would derive, so that the one which follows
    finds nothing to change.
    """
    top = _new_item(ppa, root, ppa.budget_allocation, None, 0)
    if ppa.approval_status == ApprovalStatus.ENACTED:
        top.row["status"] = WorkStatus.IN_PROGRESS
    [stored] = insert_rows(session, WorkItem, [top.row])
    level, ids = [top], {(None, 0): stored.id}
    while level := [new for above in level for new in _below(ppa, above, ids)]:
        written = insert_rows(session, WorkItem, [new.row for new in level])
        ids = {(row.parent_id, row.position): row.id for row in written}
    return stored.id


def _below(ppa: PPA, above: NewItem, ids: dict[tuple[int | None, int], int]) -> Iterator[NewItem]:
    """The children of an item that is written; `ids` are by parent and position."""
    parent_id = ids[above.row["parent_id"], above.row["position"]]
    pairs = zip(above.planned.children, above.amounts, strict=True)
    for position, (planned, amount) in enumerate(pairs):
        yield _new_item(ppa, planned, amount, parent_id, position)


def _new_item(
    ppa: PPA, planned: PlannedItem, budget: Decimal | None, parent_id: int | None, position: int
) -> NewItem:
    amounts = _amounts(ppa.budget_distribution_policy, planned.children, budget)
    row = {
        "ppa_id": ppa.id,
        "parent_id": parent_id,
        "position": position,
        "work_type": planned.work_type,
        "title": planned.title,
        "status": WorkStatus.NOT_STARTED,
        "start_date": planned.start,
        "end_date": planned.end,
        "budget_share": planned.budget_share,
        "allocated_budget": budget,
        "distributed": distributed((False, amount, ZERO) for amount in amounts),
        "effective_allocation": budget,
    }
    return NewItem(planned, row, amounts)


def _amounts(policy: str, planned: Sequence[PlannedItem], budget: Decimal | None) -> PlannedAmounts:
    """Equal parts, nothing yet (to be entered by hand), or the template's shares as weights."""
    if not planned or budget is None or policy == DistributionMethod.MANUAL:
        return [None] * len(planned)
    if policy == DistributionMethod.EQUAL:
        return split_equally(budget, len(planned))
    return split(budget, [one.budget_share for one in planned])
