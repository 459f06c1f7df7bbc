"""What a roll-up refuses: children that hold more than their parent, and sums too large."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from sqlalchemy.orm import Session

from obcms.kernel.errors import Invalid, Problem
from obcms.kernel.flush import Notes
from obcms.kernel.rules.money import AMOUNT_LIMIT, format_peso
from obcms.work.reads.rollup_rows import PPARow
from obcms.work.reads.tree import TreeRow
from obcms.work.rules.budget import emptied_message, excess, excess_message
from obcms.work.rules.choices import WorkStatus
from obcms.work.rules.rollup import Derived, Node
from obcms.work.touched import Touched

ZERO = Decimal(0)
# Ids of the PPAs whose allocation is being cut by law, which may leave their trees over.
BUDGET_CUTS: Notes[set[int]] = Notes(set)


def refuse_unstorable(derived: Iterable[Derived]) -> None:
    """Raises Invalid where a sum is as large as no amount may be."""
    for figures in derived:
        if figures.spent_total >= AMOUNT_LIMIT or (figures.distributed or ZERO) >= AMOUNT_LIMIT:
            raise Invalid(f"The amounts add up to {format_peso(AMOUNT_LIMIT)} or more.", "amount")


def refuse_excess(
    session: Session,
    nodes: Sequence[Node],
    derived: Mapping[int, Derived],
    rows: Mapping[int, TreeRow],
    ppa: PPARow | None,
    touched: Touched,
) -> None:
    """Raises Invalid where children hold more than their parent has (SPEC 5).

    Two things may leave a parent over, since they record what is so: a cut of the PPA's allocation
    by law, and a cancelled item that has cost more than it had. While a parent is over, nothing
    else may make it worse.
    """
    problems = []
    growth = _growth_by_cancelled(nodes, derived, rows, touched)
    for node in nodes:
        is_root = ppa is not None and node.id == ppa.execution_project_id
        if is_root and node.allocation is None and derived[node.id].distributed:
            said = emptied_message(ppa.code, derived[node.id].distributed)
            raise Invalid(said, "budget_allocation")
        before = ppa.over_distributed if is_root else _excess_before(rows[node.id], touched)
        below = derived[node.id].distributed
        if excess(node.allocation, below) <= before + growth.get(node.id, ZERO) or (
            is_root and _is_cut(session, ppa)
        ):
            continue
        lowered = is_root and ppa.id in touched.ppas
        problems.append(
            Problem(
                excess_message(rows[node.id].title, node.allocation, below),
                "budget_allocation" if lowered else "allocated_budget",
            )
        )
    if problems:
        raise Invalid(problems)


def _excess_before(row: TreeRow, touched: Touched) -> Decimal:
    """Pesos by which the children held more than the item's own budget before this change."""
    own = touched.rebudgeted.get(row.id, row.allocated_budget)
    return ZERO if own is None else max((row.distributed or ZERO) - own, ZERO)


def _growth_by_cancelled(
    nodes: Sequence[Node],
    derived: Mapping[int, Derived],
    rows: Mapping[int, TreeRow],
    touched: Touched,
) -> dict[int, Decimal]:
    """By item, the pesos by which cancelled items below count for more than they did before.

    An item without a budget of its own hands it on to the one above.
    """
    growth: dict[int, Decimal] = {}
    by_id = {node.id: node for node in nodes}
    for item_id, new in derived.items():  # children before their parents
        node, row = by_id[item_id], rows[item_id]
        grown = growth.get(item_id, ZERO) if node.allocation is None else ZERO
        if new.status is WorkStatus.CANCELLED:
            was = row.status is WorkStatus.CANCELLED and item_id not in touched.cancelled
            counted = row.spent_total if was else row.effective_allocation or ZERO
            grown = max(new.spent_total - counted, ZERO)
        if grown and node.parent_id is not None:
            growth[node.parent_id] = growth.get(node.parent_id, ZERO) + grown
    return growth


def _is_cut(session: Session, ppa: PPARow) -> bool:
    return ppa.id in BUDGET_CUTS.of(session)
