"""Progress, status, budget and spending carried up the work tree (SPEC 4, 5).

Progress is percent 0-100 with two decimals, amounts are pesos. Nothing here recurses, so the
depth of a tree does not matter, and one step (`derive`) serves both a whole tree and the
ancestors of a single changed item.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from obcms.kernel.errors import Invalid
from obcms.kernel.rules.percent import ALMOST, round_progress
from obcms.ppas.rules.choices import ProgressWeighting
from obcms.work.rules.budget import distributed
from obcms.work.rules.choices import WorkStatus

ZERO = Decimal(0)
ONE = Decimal(1)


class Child(NamedTuple):
    """A direct child as its parent sees it.

    `allocation` is the effective one in pesos, `days` its length, `spent_total` what was spent
    on it and below.
    """

    id: int
    status: WorkStatus
    progress: Decimal
    allocation: Decimal | None
    days: int
    spent_total: Decimal = ZERO


class Node(NamedTuple):
    """A work item with its own stored values; `allocation` is its own, None where not set."""

    id: int
    parent_id: int | None
    status: WorkStatus
    progress: Decimal
    auto_calculate: bool
    cancelled_by_hand: bool
    allocation: Decimal | None
    spent_here: Decimal
    start: date | None
    end: date | None


class Derived(NamedTuple):
    """What an item's values should be, given its children."""

    progress: Decimal
    status: WorkStatus
    distributed: Decimal | None
    effective: Decimal | None
    spent_total: Decimal


def days_between(start: date | None, end: date | None) -> int:
    """Length in days, both ends included; 0 where a date is missing."""
    if start is None or end is None:
        return 0
    return max((end - start).days + 1, 0)


def child_weights(children: Sequence[Child], weighting: ProgressWeighting) -> list[Decimal]:
    """One weight per child, in order: 1, pesos or days (SPEC 4). A cancelled child weighs 0.

    Where all weights are 0 (no budget or no dates yet) every open child weighs 1.
    """
    if weighting == ProgressWeighting.BUDGET:
        weights = [_if_open(child, child.allocation or ZERO) for child in children]
    elif weighting == ProgressWeighting.DURATION:
        weights = [_if_open(child, Decimal(child.days)) for child in children]
    else:
        return [_if_open(child, ONE) for child in children]
    return weights if any(weights) else [_if_open(child, ONE) for child in children]


def _if_open(child: Child, weight: Decimal) -> Decimal:
    return ZERO if child.status == WorkStatus.CANCELLED else weight


def parent_progress(children: Sequence[Child], weighting: ProgressWeighting) -> Decimal | None:
    """Weighted mean of the children that are not cancelled, two decimals half up (SPEC 4).

    100 only where each of them is at 100, whatever it weighs; else at most 99.99. None where there
    is no such child: the parent's own value stays.
    """
    weights = child_weights(children, weighting)
    whole = sum(weights, ZERO)
    if not whole:
        return None
    done = sum(
        (weight * child.progress for weight, child in zip(weights, children, strict=True)), ZERO
    )
    # The division keeps 28 digits, far more than budgets need to round to the true side.
    mean = round_progress(done / whole)
    return mean if _all_done(children) else min(mean, ALMOST)


def _all_done(children: Sequence[Child]) -> bool:
    return all(child.progress == 100 for child in children if child.status != WorkStatus.CANCELLED)


def parent_status(statuses: Sequence[WorkStatus], started: bool = False) -> WorkStatus | None:
    """A parent's status from its children's (SPEC 4); None where it has none.

    `started`: the parent is a root started by enactment, so it is never back to not_started.
    """
    if not statuses:
        return None
    kinds = set(statuses) - {WorkStatus.CANCELLED}
    if not kinds:
        return WorkStatus.CANCELLED
    if kinds == {WorkStatus.COMPLETED}:
        return WorkStatus.COMPLETED
    if kinds == {WorkStatus.NOT_STARTED}:
        return WorkStatus.IN_PROGRESS if started else WorkStatus.NOT_STARTED
    unfinished = kinds - {WorkStatus.COMPLETED}
    if unfinished == {WorkStatus.BLOCKED}:
        return WorkStatus.BLOCKED
    if unfinished & {WorkStatus.AT_RISK, WorkStatus.BLOCKED}:
        return WorkStatus.AT_RISK
    return WorkStatus.IN_PROGRESS


def derive(
    node: Node, children: Sequence[Child], weighting: ProgressWeighting, started: bool = False
) -> Derived:
    """One step up: a work item's values from its own and its direct children's (SPEC 4, 5).

    A leaf, and an item without `auto_calculate`, keeps its progress and status. One cancelled
    by hand stays cancelled while its progress still follows its children.
    """
    progress, status = node.progress, node.status
    if not children:
        return Derived(progress, status, None, node.allocation, node.spent_here)
    if node.auto_calculate:
        mean = parent_progress(children, weighting)
        progress = node.progress if mean is None else mean
        status = WorkStatus.CANCELLED
        if not node.cancelled_by_hand:
            status = parent_status([child.status for child in children], started) or node.status
    below = distributed(
        (child.status == WorkStatus.CANCELLED, child.allocation, child.spent_total)
        for child in children
    )
    effective = below if node.allocation is None else node.allocation
    spent = sum((child.spent_total for child in children), node.spent_here)
    return Derived(progress, status, below, effective, spent)


def recompute(
    nodes: Sequence[Node],
    weighting: ProgressWeighting,
    started: bool = False,
    stored: Mapping[int, Sequence[Child]] | None = None,
) -> dict[int, Derived]:
    """The values of all given work items of one PPA, children before parents (SPEC 4).

    For a whole tree, pass every node. To carry one change up, pass only the changed items and
    their ancestors, and in `stored` the direct children of these by parent id with the values
    stored for them; a stored child that is itself among `nodes` is taken from there instead.
    `started` concerns the root. Raises Invalid where items are each other's ancestors.
    """
    fresh = {node.id for node in nodes}
    children: dict[int | None, list[Child]] = {}
    for parent_id, siblings in (stored or {}).items():
        children[parent_id] = [child for child in siblings if child.id not in fresh]
    derived: dict[int, Derived] = {}
    for node in _children_first(nodes, fresh):
        begun = started and node.parent_id is None
        new = derive(node, children.get(node.id, ()), weighting, begun)
        derived[node.id] = new
        seen = Child(
            node.id,
            new.status,
            new.progress,
            new.effective,
            days_between(node.start, node.end),
            new.spent_total,
        )
        children.setdefault(node.parent_id, []).append(seen)
    return derived


def _children_first(nodes: Sequence[Node], known: set[int]) -> list[Node]:
    below: dict[int | None, list[Node]] = {}
    for node in nodes:
        below.setdefault(node.parent_id if node.parent_id in known else None, []).append(node)
    order: list[Node] = []
    waiting = list(below.get(None, ()))
    while waiting:
        node = waiting.pop()
        order.append(node)
        waiting += below.get(node.id, ())
    if len(order) < len(nodes):
        lost = sorted(known - {node.id for node in order})
        raise Invalid(f"Work items {', '.join(map(str, lost))} are below one another in a loop.")
    order.reverse()
    return order
