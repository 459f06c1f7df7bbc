"""Progress and status of parents and leaves, and what they make of the PPA (SPEC 4, 16)."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from obcms.kernel.errors import Invalid
from obcms.ppas.rules.choices import DeliveryFlag, PPAStatus
from obcms.ppas.rules.choices import ProgressWeighting as Weighting
from obcms.work.rules.choices import WorkStatus as Status
from obcms.work.rules.explanation import explain
from obcms.work.rules.rollup import (
    Child,
    child_weights,
    days_between,
    parent_progress,
    parent_status,
)
from obcms.work.rules.status import delivery_flag, ppa_status, settle_by_hand

D = Decimal
NEW, GOING, RISK, BLOCKED, DONE, OFF = Status
percents = st.one_of(
    st.sampled_from([D(0), D(100), D("99.99"), D("99.996")]), st.decimals(0, 100, places=2)
)


def child(
    progress: str, status: Status = GOING, pesos: str | None = None, days: int = 0, number: int = 1
) -> Child:
    return Child(number, status, D(progress), pesos and D(pesos), days)


def test_two_of_three_done_is_66_67() -> None:
    children = [child("100", DONE), child("100", DONE), child("0", NEW)]
    assert str(parent_progress(children, Weighting.EQUAL)) == "66.67"


def test_weights_by_budget_and_by_days() -> None:
    children = [child("100", DONE, "300", 1), child("0", NEW, "100", 9), child("50", GOING, None)]
    assert child_weights(children, Weighting.BUDGET) == [300, 100, 0]
    assert parent_progress(children, Weighting.BUDGET) == 75
    assert child_weights(children, Weighting.DURATION) == [1, 9, 0]
    assert parent_progress(children, Weighting.DURATION) == 10
    assert parent_progress(children, Weighting.EQUAL) == 50


@pytest.mark.parametrize("weighting", list(Weighting))
def test_without_any_weight_children_count_equally(weighting: Weighting) -> None:
    children = [child("100", DONE, "0"), child("50"), child("0", OFF, "500", 30)]
    assert child_weights(children, weighting) == [1, 1, 0]
    assert parent_progress(children, weighting) == 75


def test_cancelled_items_do_not_block_100_percent() -> None:
    """Trap: a cancelled child at zero kept its parent below 100 for ever."""
    children = [child("100", DONE, "1", 1), child("0", OFF, "9", 9)]
    for weighting in Weighting:
        assert parent_progress(children, weighting) == 100
    assert parent_status([DONE, OFF]) == DONE


def test_no_open_child_leaves_the_parents_own_progress() -> None:
    assert parent_progress([], Weighting.EQUAL) is None
    assert parent_progress([child("80", OFF)], Weighting.BUDGET) is None


def test_half_centi_percents_round_up() -> None:
    assert parent_progress([child("0.01"), child("0")], Weighting.EQUAL) == D("0.01")
    assert parent_progress([child("12.34"), child("12.35")], Weighting.EQUAL) == D("12.35")


@pytest.mark.parametrize(
    "unfinished",
    [
        child("0", NEW, "10000.00"),  # little money
        child("0", NEW, "0.00"),  # none at all, so that it weighs nothing
        child("0", NEW, None),
        child("99.99", GOING, "999990000.00"),
        child("99.99", RISK, "0.01"),
    ],
)
@pytest.mark.parametrize("weighting", Weighting)
def test_almost_all_done_is_not_done(unfinished: Child, weighting: Weighting) -> None:
    done = [child("100", DONE, "999990000.00", days=999_999) for _ in range(30_000)]
    assert parent_progress([*done, unfinished], weighting) == D("99.99")
    assert parent_progress([*done, unfinished._replace(status=OFF)], weighting) == 100


def test_progress_that_rounds_to_100_is_not_yet_completed() -> None:
    assert settle_by_hand(GOING, D(50), RISK, D("99.996")) == (RISK, D("99.99"))


@pytest.mark.parametrize(
    ("children", "expected"),
    [
        ([DONE, DONE], DONE),
        ([NEW, NEW, OFF], NEW),
        ([NEW, DONE], GOING),
        ([GOING, NEW], GOING),
        ([RISK, DONE], RISK),
        ([BLOCKED, GOING], RISK),
        ([BLOCKED, NEW], RISK),
        ([BLOCKED, RISK], RISK),
        ([BLOCKED, DONE, OFF], BLOCKED),
        ([BLOCKED, BLOCKED], BLOCKED),
        ([OFF, OFF], OFF),
        ([], None),
    ],
)
def test_parent_status(children: list[Status], expected: Status | None) -> None:
    assert parent_status(children) == expected


def test_a_started_root_is_never_not_started() -> None:
    assert parent_status([NEW, NEW], started=True) == GOING
    assert parent_status([OFF], started=True) == OFF
    assert parent_status([DONE], started=True) == DONE


@pytest.mark.parametrize(
    ("old", "asked", "settled"),
    [
        ((None, None), (NEW, 0), (NEW, 0)),
        ((None, None), (DONE, 0), (DONE, 100)),
        ((None, None), (NEW, 100), (DONE, 100)),
        ((GOING, 40), (DONE, 40), (DONE, 100)),
        ((GOING, 40), (DONE, 70), (DONE, 100)),
        ((GOING, 40), (GOING, 100), (DONE, 100)),
        ((BLOCKED, 40), (BLOCKED, 100), (DONE, 100)),
        ((NEW, 0), (NEW, 5), (GOING, 5)),
        ((RISK, 0), (RISK, 5), (RISK, 5)),
        ((DONE, 100), (DONE, 60), (GOING, 60)),
        ((DONE, 100), (DONE, 0), (GOING, 0)),
        ((DONE, 100), (BLOCKED, 60), (BLOCKED, 60)),
        ((DONE, 100), (GOING, 100), (GOING, 0)),
        ((DONE, 100), (NEW, 100), (NEW, 0)),
        ((OFF, 100), (GOING, 100), (GOING, 0)),
        ((OFF, 40), (GOING, 40), (GOING, 40)),
        ((OFF, 40), (NEW, 40), (GOING, 40)),
        ((OFF, 40), (GOING, 100), (DONE, 100)),
        ((GOING, 40), (OFF, 40), (OFF, 40)),
        ((DONE, 100), (OFF, 100), (OFF, 100)),
        ((OFF, 100), (OFF, 100), (OFF, 100)),
    ],
)
def test_settling_a_leaf(old: tuple, asked: tuple, settled: tuple) -> None:
    old_status, old_progress = old
    before = None if old_progress is None else D(old_progress)
    assert settle_by_hand(old_status, before, asked[0], D(asked[1])) == settled


@given(
    st.one_of(st.tuples(st.sampled_from(Status), percents), st.just((None, None))),
    st.sampled_from(Status),
    percents,
)
def test_settling_twice_changes_nothing_more(old: tuple, status: Status, progress: Decimal) -> None:
    settled = settle_by_hand(*old, status, progress)
    assert settle_by_hand(*settled, *settled) == settled
    assert settled[1].as_tuple().exponent == -2
    if settled[0] != OFF:
        assert (settled[0] == DONE) == (settled[1] == 100)
    assert not (settled[0] == NEW and settled[1] > 0)


@pytest.mark.parametrize("progress", ["-0.01", "100.01", "NaN", "sNaN", "Infinity"])
def test_progress_outside_0_to_100_is_refused(progress: str) -> None:
    with pytest.raises(Invalid, match="0 to 100"):
        settle_by_hand(None, None, GOING, D(progress))


def test_the_root_sets_the_ppas_status() -> None:
    planning = PPAStatus.PLANNING
    assert [ppa_status(root, planning) for root in Status] == [
        PPAStatus.PLANNING,
        PPAStatus.ONGOING,
        PPAStatus.ONGOING,
        PPAStatus.ON_HOLD,
        PPAStatus.COMPLETED,
        PPAStatus.CANCELLED,
    ]
    assert ppa_status(NEW, PPAStatus.ONGOING) == PPAStatus.ONGOING
    assert ppa_status(DONE, PPAStatus.ONGOING) == PPAStatus.COMPLETED


def test_flags() -> None:
    assert delivery_flag(RISK) == DeliveryFlag.AT_RISK
    assert delivery_flag(BLOCKED) == DeliveryFlag.BLOCKED
    assert delivery_flag(GOING) is None


def test_days_include_both_ends() -> None:
    assert days_between(date(2025, 1, 1), date(2025, 1, 31)) == 31
    assert days_between(date(2025, 1, 1), date(2025, 1, 1)) == 1
    assert days_between(None, date(2025, 1, 1)) == 0
    assert days_between(date(2025, 1, 2), date(2025, 1, 1)) == 0


def test_the_explanation_adds_up() -> None:
    children = [
        ("Survey", child("100", DONE)),
        ("Training", child("100", DONE)),
        ("Audit", child("0", NEW)),
        ("Dropped", child("30", OFF)),
    ]
    told = explain(children, Weighting.EQUAL)
    assert told.result == D("66.67")
    assert [row.share for row in told.rows] == [D("33.34"), D("33.33"), D("33.33"), 0]
    assert [row.contribution for row in told.rows] == [D("33.34"), D("33.33"), 0, 0]
    assert [row.weight for row in told.rows] == [1, 1, 1, 0]
    assert (told.rows[3].title, told.rows[3].status) == ("Dropped", OFF)


def test_nothing_to_explain_without_open_children() -> None:
    told = explain([("Dropped", child("30", OFF))], Weighting.BUDGET)
    assert told.result is None
    assert told.rows[0].contribution == 0
    assert explain([], Weighting.EQUAL).rows == ()
