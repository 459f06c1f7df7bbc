"""After every flush: carries what changed up the work tree and to the PPA (SPEC 4, 5).

It runs in the same transaction, whatever path the change took, and reads and writes in sets: the
changed items, their ancestors and these ones' children, never the rest of the tree.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from operator import attrgetter

from sqlalchemy.orm import Session

from obcms.kernel.audit.bulk import RowUpdate, Updates, update_rows
from obcms.kernel.db.types import utc_now
from obcms.kernel.errors import Invalid
from obcms.kernel.rules.money import format_peso
from obcms.ppas.models import PPA
from obcms.ppas.rules.choices import SETTLED, ApprovalStatus, PPAStatus, ProgressWeighting
from obcms.work import tree_shape
from obcms.work.budget_limits import refuse_excess, refuse_unstorable
from obcms.work.models import WorkItem
from obcms.work.reads import rollup_rows
from obcms.work.reads.rollup_rows import PPARow
from obcms.work.reads.tree import TreeRow, as_child, read_trees
from obcms.work.rules.budget import excess
from obcms.work.rules.choices import WorkStatus
from obcms.work.rules.rollup import Child, Derived, Node, recompute
from obcms.work.rules.status import delivery_flag, ppa_status
from obcms.work.spent import spent_by_item
from obcms.work.touched import TOUCHED, Touched

ZERO = Decimal(0)
# The columns of a work item that the roll-up keeps.
FIGURES = (
    "progress",
    "status",
    "completed_at",
    "allocated_budget",
    "distributed",
    "effective_allocation",
    "spent_here",
    "spent_total",
)
stored_figures = attrgetter(*FIGURES)
# The columns of a PPA that follow from its execution project.
PPA_FIGURES = ("progress", "status", "delivery_flag", "over_distributed")
stored_ppa_figures = attrgetter(*PPA_FIGURES)


def roll_up(session: Session, _context: object = None) -> None:
    """Settles what was touched since the last time, in the session's transaction.

    Raises Invalid for a shape that the tree may not have and for a budget that does not fit.
    """
    touched = TOUCHED.take(session)
    if touched is None:
        return
    rows, ppas = _read(session, touched)
    tree_shape.check(session, rows, touched.restructured)
    lines = _lines(rows, touched)
    update_rows(session, _updates(session, rows, lines, ppas, touched))


def _read(session: Session, touched: Touched) -> tuple[dict[int, TreeRow], dict[int, PPARow]]:
    """Item rows and PPA rows by id; the query for the PPAs comes first where these were touched."""
    ppas = rollup_rows.ppa_rows(session, touched.ppas | touched.whole_trees)
    roots = {row.execution_project_id for row in ppas.values()} - {None}
    touched.items |= touched.spent | touched.restructured | roots
    found = touched.rows or (
        rollup_rows.read_with_ancestors(session, touched.items) if touched.items else []
    )
    rows = {row.id: row for row in found}
    if touched.whole_trees:
        whole = read_trees(session.connection(), touched.whole_trees)
        rows |= {row.id: row for row in whole}
        touched.items |= {row.id for row in whole}
    missing = {row.ppa_id for row in rows.values()} - ppas.keys()
    return rows, ppas | rollup_rows.ppa_rows(session, missing)


def _lines(rows: Mapping[int, TreeRow], touched: Touched) -> set[int]:
    """Ids of the touched items and all their ancestors: the ones whose values may change."""
    lines: set[int] = set()
    for item_id in touched.items:
        while item_id in rows and item_id not in lines:
            lines.add(item_id)
            item_id = rows[item_id].parent_id
    return lines


def _updates(
    session: Session,
    rows: Mapping[int, TreeRow],
    lines: set[int],
    ppas: Mapping[int, PPARow],
    touched: Touched,
) -> list[Updates]:
    spent = spent_by_item(session, touched.spent)
    below: dict[int, list[Child]] = {}
    by_ppa: dict[int | None, list[Node]] = {}
    for row in rows.values():
        if row.id in lines:
            spent_here = spent.get(row.id, ZERO) if row.id in touched.spent else row.spent_here
            allocation = _allocation(row, ppas.get(row.ppa_id), touched)
            by_ppa.setdefault(row.ppa_id, []).append(
                rollup_rows.as_node(row, allocation, spent_here)
            )
        elif row.parent_id in lines:
            below.setdefault(row.parent_id, []).append(as_child(row))
    items: list[RowUpdate] = []
    figures: dict[int, Derived] = {}
    for ppa_id, nodes in by_ppa.items():
        ppa = ppas.get(ppa_id)
        derived = _derive(nodes, below, ppa)
        refuse_unstorable(derived.values())
        refuse_excess(session, nodes, derived, rows, ppa, touched)
        items += item_updates(nodes, derived, rows)
        figures |= derived
    roots = [update for ppa in ppas.values() for update in ppa_updates(ppa, figures)]
    return batches(items, roots)


def batches(items: Sequence[RowUpdate], ppas: Sequence[RowUpdate]) -> list[Updates]:
    """What `item_updates` and `ppa_updates` found, ready to be written."""
    return [Updates(WorkItem, FIGURES, items), Updates(PPA, PPA_FIGURES, ppas)]


def _allocation(row: TreeRow, ppa: PPARow | None, touched: Touched) -> Decimal | None:
    """The item's own allocation; the execution project's is its PPA's (SPEC 5)."""
    if row.id in touched.allocations:
        return touched.allocations[row.id]
    if ppa is None or row.id != ppa.execution_project_id:
        return row.allocated_budget
    by_hand = row.id in touched.rebudgeted and row.allocated_budget != ppa.budget_allocation
    if by_hand and ppa.id not in touched.ppas:
        raise Invalid(
            f"The execution project's budget is the allocation of {ppa.code}, "
            f"{format_peso(ppa.budget_allocation)}. Change it there.",
            "allocated_budget",
        )
    return ppa.budget_allocation


def _derive(
    nodes: Sequence[Node], below: Mapping[int, Sequence[Child]], ppa: PPARow | None
) -> dict[int, Derived]:
    weighting = ppa.progress_weighting if ppa is not None else ProgressWeighting.EQUAL
    return recompute(nodes, weighting, is_started(ppa), below)


def is_started(ppa: PPARow | None) -> bool:
    """Whether enactment has started the root, so that it is in progress from then on (SPEC 4)."""
    return ppa is not None and ppa.approval_status == ApprovalStatus.ENACTED


def item_updates(
    nodes: Sequence[Node], derived: Mapping[int, Derived], rows: Mapping[int, TreeRow]
) -> list[RowUpdate]:
    """The rows whose stored figures differ from the derived ones."""
    updates = []
    for node in nodes:
        row, figures = rows[node.id], derived[node.id]
        completed_at = row.completed_at
        if figures.status is not WorkStatus.COMPLETED:
            completed_at = None
        elif completed_at is None:
            completed_at = utc_now()
        new = (
            figures.progress,
            figures.status,
            completed_at,
            node.allocation,
            figures.distributed,
            figures.effective,
            node.spent_here,
            figures.spent_total,
        )
        old = stored_figures(row)
        if new != old:
            updates.append(RowUpdate(row.id, row.version, row.ppa_id, old, new))
    return updates


def ppa_updates(ppa: PPARow, derived: Mapping[int, Derived]) -> list[RowUpdate]:
    """What the PPA takes over from its execution project, if that is among the derived items."""
    root = derived.get(ppa.execution_project_id)
    if root is None:
        return []
    if ppa.enable_workitem_tracking:
        settled = ppa.approval_status in SETTLED
        status = ppa.status
        if ppa.auto_sync_status:
            status = ppa_status(root.status, ppa.status, settled)
        new = (
            root.progress if ppa.auto_sync_progress else ppa.progress,
            status,
            delivery_flag(root.status, settled and status is not PPAStatus.CANCELLED),
            excess(ppa.budget_allocation, root.distributed),
        )
    else:
        new = (ppa.progress, ppa.status, None, ZERO)
    old = stored_ppa_figures(ppa)
    return [] if old == new else [RowUpdate(ppa.id, ppa.version, ppa.id, old, new)]
