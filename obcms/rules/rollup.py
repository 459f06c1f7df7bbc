"""Progress, status, budget and spending carried up the work tree (SPEC 4, 5).

Progress is percent 0-100 with two decimals, amounts are pesos. Nothing here recurses, so the
depth of a tree does not matter, and one step (`derive`) serves both a whole tree and the
ancestors of a single changed item.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from obcms.errors import Invalid
from obcms.rules.budget import distributed
from obcms.rules.choices import DeliveryFlag, PPAStatus, ProgressWeighting, WorkStatus
from obcms.rules.distribution import split
from obcms.rules.money import round_percent

ZERO = Decimal(0)
ONE = Decimal(1)
FULL = Decimal("100.00")

# What the root's status makes of the PPA's (SPEC 4).
PPA_STATUS = {
    WorkStatus.NOT_STARTED: PPAStatus.PLANNING,
    WorkStatus.IN_PROGRESS: PPAStatus.ONGOING,
    WorkStatus.AT_RISK: PPAStatus.ONGOING,
    WorkStatus.BLOCKED: PPAStatus.ON_HOLD,
    WorkStatus.COMPLETED: PPAStatus.COMPLETED,
    WorkStatus.CANCELLED: PPAStatus.CANCELLED,
}
DELIVERY_FLAG = {
    WorkStatus.AT_RISK: DeliveryFlag.AT_RISK,
    WorkStatus.BLOCKED: DeliveryFlag.BLOCKED,
}


@dataclass(frozen=True, slots=True)
class Child:
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


@dataclass(frozen=True, slots=True)
class Node:
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


@dataclass(frozen=True, slots=True)
class Derived:
    """What an item's values should be, given its children."""

    progress: Decimal
    status: WorkStatus
    distributed: Decimal | None
    effective: Decimal | None
    spent_total: Decimal


@dataclass(frozen=True, slots=True)
class ExplainedRow:
    """One child's part in its parent's progress; `share` and `contribution` are percent."""

    title: str
    status: WorkStatus
    progress: Decimal
    weight: Decimal
    share: Decimal
    contribution: Decimal


@dataclass(frozen=True, slots=True)
class Explanation:
    """The shares sum to 100.00 and the contributions to `result`, so the table adds up."""

    rows: tuple[ExplainedRow, ...]
    result: Decimal | None


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

    None where there is no such child: the parent's own value stays.
    """
    weights = child_weights(children, weighting)
    whole = sum(weights, ZERO)
    if not whole:
        return None
    done = sum(
        (weight * child.progress for weight, child in zip(weights, children, strict=True)), ZERO
    )
    # The division keeps 28 digits, far more than budgets need to round to the true side.
    return round_percent(done / whole)


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


def settle_by_hand(
    old_status: WorkStatus | None,
    old_progress: Decimal | None,
    status: WorkStatus,
    progress: Decimal,
) -> tuple[WorkStatus, Decimal]:
    """Make a leaf's asked status and progress (percent 0-100) agree (SPEC 4).

    What was there decides which of the two the person meant: None for a new item. Also for an
    item whose values are by hand. Settling the result once more changes nothing. Raises
    Invalid for a progress outside 0-100.
    """
    if not progress.is_finite() or not 0 <= progress <= 100:
        raise Invalid("Progress must be a number from 0 to 100 percent.", "progress")
    progress = round_percent(progress)
    if status == WorkStatus.CANCELLED:
        return status, progress
    if status == WorkStatus.COMPLETED:
        if progress < FULL and old_status == WorkStatus.COMPLETED:
            return WorkStatus.IN_PROGRESS, progress
        return status, FULL
    if progress == FULL:
        # Reopened, by taking away a status while leaving the bar: nothing may be overclaimed.
        if old_progress == FULL and old_status in (WorkStatus.COMPLETED, WorkStatus.CANCELLED):
            return status, round_percent(ZERO)
        return WorkStatus.COMPLETED, FULL
    if progress > 0 and status == WorkStatus.NOT_STARTED:
        return WorkStatus.IN_PROGRESS, progress
    return status, progress


def ppa_status(root: WorkStatus, current: PPAStatus) -> PPAStatus:
    """The PPA's status by its root's; an ongoing PPA never goes back to planning (SPEC 4)."""
    mapped = PPA_STATUS[root]
    if mapped == PPAStatus.PLANNING and current == PPAStatus.ONGOING:
        return current
    return mapped


def delivery_flag(root: WorkStatus) -> DeliveryFlag | None:
    """The warning a root at risk or blocked puts on its PPA (SPEC 4)."""
    return DELIVERY_FLAG.get(root)


def explain(children: Sequence[tuple[str, Child]], weighting: ProgressWeighting) -> Explanation:
    """The answer to "how was this computed?" for a parent, from (title, child) pairs (SPEC 4)."""
    kids = [child for _, child in children]
    weights = child_weights(kids, weighting)
    result = parent_progress(kids, weighting)
    earned = [weight * child.progress for weight, child in zip(weights, kids, strict=True)]
    shares = _parts(FULL, weights)
    contributions = _parts(result or ZERO, earned)
    rows = tuple(
        ExplainedRow(title, child.status, child.progress, *figures)
        for (title, child), *figures in zip(children, weights, shares, contributions, strict=True)
    )
    return Explanation(rows, result)


def _parts(whole: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    return split(whole, weights) if any(weights) else [ZERO] * len(weights)
