"""What a work item's budget amounts to, and how spending compares with it (SPEC 5).

Amounts are Decimal pesos; None means "not set", which is not zero.
"""

from collections.abc import Iterable
from decimal import Decimal

from obcms.kernel.rules.money import format_peso
from obcms.kernel.rules.percent import round_percent
from obcms.ppas.rules.choices import BudgetState

# (cancelled, effective allocation, spent here and below) of one direct child.
BudgetChild = tuple[bool, Decimal | None, Decimal]


def distributed(children: Iterable[BudgetChild]) -> Decimal | None:
    """Sum of the children's effective allocations in pesos; None where nothing is set (SPEC 5).

    A cancelled child keeps only what was spent on it and below; the rest is free again.
    """
    total = None
    for cancelled, effective, spent_total in children:
        amount = (spent_total or None) if cancelled else effective
        if amount is not None:
            total = amount if total is None else total + amount
    return total


def excess(allocation: Decimal | None, below: Decimal | None) -> Decimal:
    """Pesos by which what is distributed passes the allocation; 0 where either is not set."""
    if allocation is None or below is None:
        return Decimal(0)
    return max(below - allocation, Decimal(0))


def excess_message(title: str, allocation: Decimal | None, below: Decimal | None) -> str:
    """Why an item of this title cannot have this allocation over what is distributed below it."""
    over = format_peso(excess(allocation, below))
    return (
        f"The items under “{title}” would hold {format_peso(below)}, which is {over} more than its "
        f"{format_peso(allocation)}."
    )


def emptied_message(code: str, below: Decimal | None) -> str:
    """Why a PPA that is distributed over its work items cannot be without an allocation."""
    return (
        f"{format_peso(below)} of the budget allocation of {code} is distributed over its work "
        "items, so it cannot be emptied."
    )


def budget_state(
    own: Decimal | None, distributed: Decimal | None, has_children: bool
) -> BudgetState:
    """Whether the children use up the item's own allocation (SPEC 5).

    An item budgeted from below, and one with no children to give anything to, is balanced.
    """
    if own is None:
        return BudgetState.NONE if distributed is None else BudgetState.BALANCED
    below = distributed or Decimal(0)
    if not has_children or below == own:
        return BudgetState.BALANCED
    return BudgetState.PARTIAL if below < own else BudgetState.OVER


def variance(allocated: Decimal | None, spent: Decimal) -> Decimal | None:
    """Spent less allocated in pesos: positive is an overrun. None where nothing is allocated."""
    return None if allocated is None else spent - allocated


def variance_percent(allocated: Decimal | None, spent: Decimal) -> Decimal | None:
    """Variance in percent of the allocation, two decimals; None where that is 0 or not set."""
    return round_percent((spent - allocated) * 100 / allocated) if allocated else None


def utilization(allocated: Decimal | None, spent: Decimal) -> Decimal | None:
    """Spending in percent of the allocation, two decimals; None where that is 0 or not set."""
    return round_percent(spent * 100 / allocated) if allocated else None
