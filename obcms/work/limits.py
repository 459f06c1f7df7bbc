"""What a roll-up refuses: children that hold more than their parent, and sums beyond any column."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal

from sqlalchemy.orm import Session

from obcms.kernel.errors import Invalid, Problem
from obcms.kernel.flush import Notes
from obcms.kernel.rules.money import AMOUNT_LIMIT, format_peso
from obcms.work.reads.rollup_rows import PPARow
from obcms.work.reads.tree import TreeRow
from obcms.work.rules.rollup import Derived, Node

ZERO = Decimal(0)
# Ids of the PPAs whose allocation is being cut by law, which may leave their trees over.
BUDGET_CUTS: Notes[set[int]] = Notes(set)


def refuse_unstorable(derived: Iterable[Derived]) -> None:
    """Raises Invalid where a sum is larger than what the database keeps of one amount."""
    for figures in derived:
        if figures.spent_total >= AMOUNT_LIMIT or (figures.distributed or ZERO) >= AMOUNT_LIMIT:
            raise Invalid("The amounts add up to more than can be stored.", "amount")


def refuse_excess(
    session: Session,
    nodes: Sequence[Node],
    derived: Mapping[int, Derived],
    rows: Mapping[int, TreeRow],
    ppa: PPARow | None,
    changed_ppas: Collection[int],
) -> None:
    """Raises Invalid where children hold more than their parent has (SPEC 5).

    Only a cut of the PPA's allocation by law may leave the root over; while it is, nothing may
    make it worse.
    """
    problems = []
    for node in nodes:
        is_root = ppa is not None and node.id == ppa.execution_project_id
        if is_root and node.allocation is None and derived[node.id].distributed:
            raise Invalid(
                f"{format_peso(derived[node.id].distributed)} of the budget allocation of "
                f"{ppa.code} is distributed over its work items, so it cannot be emptied.",
                "budget_allocation",
            )
        excess = excess_of(node.allocation, derived[node.id])
        if excess <= 0:
            continue
        if is_root and (_is_cut(session, ppa) or excess <= ppa.over_distributed):
            continue
        lowered = is_root and ppa.id in changed_ppas
        problems.append(
            Problem(
                f"The items under “{rows[node.id].title}” would hold "
                f"{format_peso(derived[node.id].distributed)}, which is {format_peso(excess)} more "
                f"than its {format_peso(node.allocation)}.",
                "budget_allocation" if lowered else "allocated_budget",
            )
        )
    if problems:
        raise Invalid(problems)


def _is_cut(session: Session, ppa: PPARow) -> bool:
    return ppa.id in BUDGET_CUTS.of(session)


def excess_of(allocation: Decimal | None, derived: Derived) -> Decimal:
    """Pesos by which the children's allocations pass the item's own; 0 where it has none."""
    if allocation is None or derived.distributed is None:
        return ZERO
    return max(derived.distributed - allocation, ZERO)
