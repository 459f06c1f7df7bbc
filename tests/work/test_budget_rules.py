"""Effective allocations, budget states and the sign of variances (SPEC 5)."""

from decimal import Decimal

import pytest

from obcms.ppas.rules.choices import BudgetState, ProgressWeighting
from obcms.work.rules.budget import (
    budget_state,
    distributed,
    utilization,
    variance,
    variance_percent,
)
from obcms.work.rules.choices import WorkStatus
from obcms.work.rules.rollup import Child, Node, derive

D = Decimal
NOT_STARTED = WorkStatus.NOT_STARTED


def test_own_allocation_wins_over_the_children() -> None:
    children = [Child(n, NOT_STARTED, D(0), D(pesos), 0) for n, pesos in ((1, 30), (2, 20))]

    def effective(own: Decimal | None, children: list[Child]) -> Decimal | None:
        node = Node(9, None, NOT_STARTED, D(0), True, False, own, D(0), None, None)
        return derive(node, children, ProgressWeighting.EQUAL).effective

    assert effective(D(100), children) == 100
    assert effective(D(0), children) == 0
    assert effective(None, children) == 50
    assert effective(None, []) is None
    assert effective(D(100), []) == 100


def test_a_cancelled_child_keeps_only_what_was_spent() -> None:
    assert distributed([(True, D(100), D(15)), (False, D(20), D(500))]) == 35
    assert distributed([(True, D(100), D(0))]) is None
    assert distributed([(True, D(100), D(0)), (False, None, D(7))]) is None
    assert distributed([(False, D(0), D(0))]) == 0


@pytest.mark.parametrize(
    ("own", "below", "has_children", "state"),
    [
        (None, None, False, BudgetState.NONE),
        (None, None, True, BudgetState.NONE),
        (None, D(5), True, BudgetState.BALANCED),
        (D(5), None, False, BudgetState.BALANCED),
        (D(5), None, True, BudgetState.PARTIAL),
        (D(5), D("4.99"), True, BudgetState.PARTIAL),
        (D(5), D("5.00"), True, BudgetState.BALANCED),
        (D(5), D("5.01"), True, BudgetState.OVER),
        (D(0), None, True, BudgetState.BALANCED),
        (D(0), D(0), True, BudgetState.BALANCED),
        (D(0), D("0.01"), True, BudgetState.OVER),
    ],
)
def test_states(
    own: Decimal | None, below: Decimal | None, has_children: bool, state: BudgetState
) -> None:
    assert budget_state(own, below, has_children) == state


def test_a_positive_variance_is_an_overrun() -> None:
    assert variance(D("100.00"), D("130.00")) == D("30.00")
    assert variance_percent(D("100.00"), D("130.00")) == D("30.00")
    assert variance_percent(D(3), D(2)) == D("-33.33")
    assert utilization(D(3), D(2)) == D("66.67")
    assert utilization(D(800), D(1)) == D("0.13")


def test_percents_are_blank_without_an_allocation() -> None:
    assert variance(None, D(5)) is None
    assert variance(D(0), D(5)) == 5
    for allocated in (None, D(0)):
        assert variance_percent(allocated, D(5)) is None
        assert utilization(allocated, D(5)) is None
