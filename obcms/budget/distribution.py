"""Distributing a budget over work items: preview, apply, undo (SPEC 5)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from sqlalchemy import func, select

from obcms.budget.models import DistributionBatch
from obcms.budget.proposal import Applied, Proposal, ProposedAmount, Request
from obcms.budget.reads.tree_version import last_distributed, tree_version
from obcms.budget.rules.distribution import ShareItem, distribute
from obcms.kernel.db.keys import LARGEST_KEY, read_again
from obcms.kernel.db.types import utc_now
from obcms.kernel.errors import Conflict, Invalid, NotFound, Problem
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Actor, Permission, require
from obcms.kernel.rules.money import format_peso
from obcms.ppas.access import lock_ppa
from obcms.ppas.models import PPA
from obcms.work.access import refuse_untracked
from obcms.work.reads.tree import TreeRow, children_by_parent, read_tree
from obcms.work.rollup import roll_up
from obcms.work.rules.choices import DistributionMethod, WorkStatus
from obcms.work.touched import TOUCHED


def preview(actor: Actor, ppa: PPA, request: Request) -> Proposal:
    """Computes a distribution and writes nothing. Raises Invalid with one problem per fault."""
    require(actor, Permission.BUDGET_DISTRIBUTE, ppa)
    return _propose(ppa, request)


def apply(actor: Actor, ppa: PPA, request: Request, version: str) -> Applied:
    """Applies what was previewed as `version`.

    Raises Conflict when the state changed since, Invalid without a version, and where an item
    would get less than its own items hold and the request leaves these alone.
    """
    require(actor, Permission.BUDGET_DISTRIBUTE, ppa)
    if not version:
        raise Invalid("Give the version of the preview that is applied.", "version")
    lock_ppa(actor, ppa)
    proposal = _propose(ppa, request, version)
    if proposal.refused:
        raise Invalid(map(_too_little, proposal.refused))
    batch = DistributionBatch(
        ppa_id=ppa.id, applied_by_id=getattr(actor, "id", None), **proposal.recorded
    )
    db.session.add(batch)
    _write(proposal.rows, proposal.amounts)
    return Applied(batch, batch.id, proposal)


def refuse_without_tree(ppa: PPA) -> None:
    """Raises Invalid where there are no work items to distribute to."""
    if not ppa.has_work_tree:
        raise Invalid("Tracking is not enabled on this PPA, so there is nothing to distribute to.")


def _too_little(line: ProposedAmount) -> Problem:
    held = line.item.distributed or Decimal(0)
    missing = format_peso(held - line.after)
    return Problem(
        f"“{line.item.title}” would get {format_peso(line.after)}, {missing} less than the "
        f"{format_peso(held)} that its items hold. Rescale what is below it, or distribute "
        "further down as well.",
        "rescale",
    )


def undo(actor: Actor, batch: DistributionBatch) -> DistributionBatch:
    """Puts back what the batch changed, unless something changed the same amounts since."""
    ppa = db.session.get_one(PPA, batch.ppa_id)
    require(actor, Permission.BUDGET_DISTRIBUTE, ppa)
    lock_ppa(actor, ppa)
    refuse_untracked(ppa)
    read_again(batch)
    if batch.undone_at is not None:
        raise Conflict("This distribution was undone already.")
    if _last_applied(batch.ppa_id) != batch.id:
        raise Conflict("A later distribution was applied. Undo that one first.")
    rows = read_tree(batch.ppa_id)
    row_of = {row.id: row for row in rows}
    restored: dict[int, Decimal | None] = {}
    for key, amount in batch.after.items():
        row = row_of.get(int(key))
        if row is None or row.allocated_budget != Decimal(amount):
            title = row.title if row else "a work item that was deleted"
            raise Conflict(f"The budget of “{title}” was changed since, so this cannot be undone.")
        before = batch.before[key]
        restored[row.id] = None if before is None else Decimal(before)
    batch.undone_at = utc_now()
    batch.undone_by_id = getattr(actor, "id", None)
    _write(rows, restored)
    return batch


def find_batch(ppa: PPA, batch_id: int) -> DistributionBatch:
    """A batch of this PPA; raises NotFound."""
    batch = db.session.get(DistributionBatch, batch_id) if batch_id <= LARGEST_KEY else None
    if batch is None or batch.ppa_id != ppa.id:
        raise NotFound("There is no such distribution.")
    return batch


def _last_applied(ppa_id: int) -> int | None:
    """The newest batch of the PPA that was not undone."""
    applied = select(func.max(DistributionBatch.id)).where(DistributionBatch.ppa_id == ppa_id)
    return db.session.scalar(applied.where(DistributionBatch.undone_at.is_(None)))


def _propose(ppa: PPA, request: Request, version: str | None = None) -> Proposal:
    distributed, rows = last_distributed(ppa.id), read_tree(ppa.id)
    current = tree_version(ppa.id, ppa.budget_allocation, distributed, rows)
    if version is not None and version != current:
        raise Conflict(
            "Budgets, spending or the work tree changed since this preview. "
            "Please look at a new preview before applying."
        )
    refuse_untracked(ppa)
    refuse_without_tree(ppa)
    parent_id = ppa.execution_project_id if request.parent_id is None else request.parent_id
    parent = next((row for row in rows if row.id == parent_id), None)
    if parent is None:
        raise Invalid("The item to distribute from is not part of this PPA.", "parent")
    children = children_by_parent(rows)
    lines = tuple(_lines(parent, parent.allocated_budget, request, children))
    kept = kept_by_cancelled(children.get(parent.id, []))
    budget = parent.allocated_budget or Decimal(0)
    return Proposal(
        ppa.id,
        ppa.budget_allocation,
        rows,
        distributed,
        parent,
        request,
        budget,
        kept,
        lines,
        current,
    )


def _lines(
    parent: TreeRow,
    budget: Decimal | None,
    request: Request,
    children: Mapping[int | None, list[TreeRow]],
) -> Iterator[ProposedAmount]:
    below = children.get(parent.id, [])
    open_items = [row for row in below if row.status != WorkStatus.CANCELLED]
    if budget is not None:
        budget -= kept_by_cancelled(below)
    items = [
        ShareItem(row.id, row.title, row.effective_allocation, row.budget_share)
        for row in open_items
    ]
    amounts = distribute(request.method, budget, items, request.values)
    for row in open_items:
        amount = amounts[row.id]
        yield ProposedAmount(row, row.allocated_budget, amount, row.spent_total)
        if request.cascade:
            yield from _further_down(row, amount, request, children)
        elif request.rescale and amount < (row.distributed or Decimal(0)):
            kept_as_is = replace(request, method=DistributionMethod.PROPORTIONAL)
            yield from _further_down(row, amount, kept_as_is, children)


def _further_down(
    row: TreeRow,
    amount: Decimal,
    request: Request,
    children: Mapping[int | None, list[TreeRow]],
) -> Iterator[ProposedAmount]:
    """Weights and amounts name one level only, so below it what is allocated now is rescaled."""
    siblings = children.get(row.id, [])
    below = [child for child in siblings if child.status != WorkStatus.CANCELLED]
    if not below:
        return
    if amount <= kept_by_cancelled(siblings):
        for child in below:
            yield ProposedAmount(child, child.allocated_budget, Decimal(0), child.spent_total)
            yield from _further_down(child, Decimal(0), request, children)
        return
    method = request.method
    has_shares = all(child.budget_share is not None for child in below)
    has_amounts = any(child.effective_allocation for child in below)
    if method in (DistributionMethod.WEIGHTED, DistributionMethod.MANUAL):
        method = DistributionMethod.PROPORTIONAL
    if method is DistributionMethod.PROPORTIONAL and not has_amounts:
        method = DistributionMethod.EQUAL
    if method is DistributionMethod.TEMPLATE and not has_shares:
        method = DistributionMethod.EQUAL
    below_it = Request(method, cascade=request.cascade, rescale=request.rescale)
    yield from _lines(row, amount, below_it, children)


def kept_by_cancelled(rows: Iterable[TreeRow]) -> Decimal:
    """Pesos spent on cancelled items among these, which nobody else can have."""
    cancelled = (row.spent_total for row in rows if row.status == WorkStatus.CANCELLED)
    return sum(cancelled, Decimal(0))


def _write(rows: Sequence[TreeRow], amounts: Mapping[int, Decimal | None]) -> None:
    """Sets the budgets in the roll-up that follows from them, so that each row is written once."""
    session = db.session()
    session.flush()
    own = ((row.id, row.allocated_budget) for row in rows if row.id in amounts)
    changed = {item_id: amounts[item_id] for item_id, now in own if now != amounts[item_id]}
    touched = TOUCHED.of(session)
    touched.rows = rows
    touched.items |= changed.keys()
    touched.allocations |= changed
    roll_up(session)
