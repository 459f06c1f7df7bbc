"""After a flush: notes what it touched, so that the roll-up knows where to begin."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import InstanceState, Session, UOWTransaction

from obcms.kernel.flush import Notes
from obcms.ppas.models import PPA
from obcms.work.models import WorkItem
from obcms.work.reads.tree import TreeRow
from obcms.work.rules.choices import WorkStatus

STRUCTURE = frozenset({"parent_id", "ppa_id", "work_type"})
FIGURES = frozenset(
    {
        "status",
        "progress",
        "auto_calculate_progress",
        "cancelled_by_hand",
        "start_date",
        "end_date",
        "allocated_budget",
    }
)
ROOT_FOLLOWS = frozenset(
    {
        "approval_status",
        "auto_sync_progress",
        "auto_sync_status",
        "budget_allocation",
        "enable_workitem_tracking",
        "execution_project_id",
        "progress",
        "status",
    }
)


@dataclass(slots=True)
class Touched:
    """Ids of what a flush changed in a way that others follow from.

    `rebudgeted` keeps the own budget that was there before, in pesos; `cancelled` are the items
    that the flush cancelled.
    `allocations` are budgets to be set by the roll-up itself, in its one statement for all rows.
    `rows` are all items of the touched trees, where these were read already under their lock.
    """

    items: set[int] = field(default_factory=set)
    restructured: set[int] = field(default_factory=set)
    spent: set[int] = field(default_factory=set)
    cancelled: set[int] = field(default_factory=set)
    rebudgeted: dict[int, Decimal | None] = field(default_factory=dict)
    ppas: set[int] = field(default_factory=set)
    whole_trees: set[int] = field(default_factory=set)
    allocations: dict[int, Decimal | None] = field(default_factory=dict)
    rows: Sequence[TreeRow] = ()


# What is waiting for the roll-up in a session.
TOUCHED: Notes[Touched] = Notes(Touched)


def note_touched(session: Session, context: UOWTransaction) -> None:
    """Notes the work items and PPAs that a flush has written."""
    for state, (is_delete, list_only) in context.states.items():
        if list_only:
            continue
        if issubclass(state.class_, WorkItem):
            _note_item(TOUCHED.of(session), state, is_delete)
        elif issubclass(state.class_, PPA) and state.key is not None and not is_delete:
            _note_ppa(TOUCHED.of(session), state)


def _note_item(touched: Touched, state: InstanceState[Any], is_delete: bool) -> None:
    row, before = state.dict, state.committed_state
    ids = (row.get("parent_id"), before.get("parent_id"))
    parents = {parent_id for parent_id in ids if isinstance(parent_id, int)}
    if is_delete:
        touched.items |= parents
        return
    item_id = row["id"]
    inserted = state.key is None
    if inserted or before.keys() & STRUCTURE:
        touched.restructured.add(item_id)
    if inserted or before.keys() & (STRUCTURE | FIGURES):
        touched.items |= {item_id} | parents
    if "allocated_budget" in before and not inserted:
        touched.rebudgeted.setdefault(item_id, before["allocated_budget"])
    if "status" in before and row["status"] == WorkStatus.CANCELLED:
        touched.cancelled.add(item_id)


def _note_ppa(touched: Touched, state: InstanceState[Any]) -> None:
    if "progress_weighting" in state.committed_state:
        touched.whole_trees.add(state.dict["id"])
    if state.committed_state.keys() & ROOT_FOLLOWS:
        touched.ppas.add(state.dict["id"])
