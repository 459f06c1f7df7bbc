"""Budgets are spread exactly, and wrong input is refused item by item (SPEC 5, 16)."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from obcms.budget.rules.distribution import (
    ShareItem,
    distribute,
    equal_amounts,
    manual_amounts,
    proportional_amounts,
    template_amounts,
    weighted_amounts,
)
from obcms.kernel.errors import Invalid
from obcms.kernel.rules.splitting import split
from obcms.work.rules.choices import DistributionMethod as Method

D = Decimal
pesos = st.integers(0, 10**14 - 1).map(lambda centavos: D(centavos).scaleb(-2))
weight_lists = st.lists(st.decimals(0, 1000, places=4), min_size=1, max_size=30).filter(any)
quick = settings(max_examples=60, deadline=None)


def items(*current: str | None, shares: tuple[str | None, ...] = ()) -> list[ShareItem]:
    """Items 1, 2, 3 … labelled A, B, C …, with what they have now."""
    given_shares = shares or (None,) * len(current)
    return [
        ShareItem(n, "ABCDEFGH"[n - 1], now and D(now), share and D(share))
        for n, (now, share) in enumerate(zip(current, given_shares, strict=True), 1)
    ]


def refusal(*args: Any) -> dict[str, str]:
    with pytest.raises(Invalid) as caught:
        distribute(*args)
    return {problem.pointer: problem.message for problem in caught.value.problems}


def amounts(*texts: str) -> dict[int, Decimal]:
    return {n: D(text) for n, text in enumerate(texts, 1)}


def test_equal_counts_only_the_children_it_was_given() -> None:
    """Trap: the equal split counted the root and inner nodes as peers of the leaves."""
    assert equal_amounts(D("1000000.00"), items("9", None)) == amounts("500000.00", "500000.00")


def test_proportional_rescales_what_is_there() -> None:
    assert proportional_amounts(D("100.00"), items("10", None, "30")) == amounts("25", "0", "75")
    with pytest.raises(Invalid, match="Nothing is allocated"):
        proportional_amounts(D("100.00"), items("0", None))


def test_template_shares_are_taken_in_proportion() -> None:
    two_of_three = items(None, None, shares=("20", "60"))
    assert template_amounts(D("100.00"), two_of_three) == amounts("25.00", "75.00")


def test_template_names_every_item_without_a_share() -> None:
    some = items(None, None, None, shares=("20", None, None))
    with pytest.raises(Invalid) as caught:
        template_amounts(D("1.00"), some)
    assert [(problem.message, problem.pointer) for problem in caught.value.problems] == [
        ("“B” has no share in the template.", "method"),
        ("“C” has no share in the template.", "method"),
    ]


@pytest.mark.parametrize(
    "weights",
    [
        {1: 0.5, 2: 0.3, 3: 0.2},
        {"1": "50", "2": "30", "3": "20"},
        {1: D(50), "2": 30.0, 3: 20},
    ],
)
def test_weights_may_sum_to_one_or_to_a_hundred(weights: dict) -> None:
    expected = amounts("500000.00", "300000.00", "200000.00")
    assert weighted_amounts(D("1000000.00"), items(None, None, None), weights) == expected


def test_weights_off_by_a_ten_thousandth_do_not_pay_the_last_item() -> None:
    """Trap: the difference of 0.0001 paid ₱10,000 to the last item, or made it negative."""
    total = D("100000000.00")
    low = weighted_amounts(total, items(None, None, None), {1: "0.3333", 2: "0.3333", 3: "0.3333"})
    assert low == amounts("33333333.34", "33333333.33", "33333333.33")
    high = weighted_amounts(total, items(None, None), {1: "1.0001", 2: "0"})
    assert high == amounts("100000000.00", "0.00")


@pytest.mark.parametrize(
    ("last", "fits"), [("0.4999", True), ("0.49989", False), ("0.5001", True), ("0.5002", False)]
)
def test_the_tolerance_is_a_hard_line(last: str, fits: bool) -> None:
    given_weights = {1: "0.5", 2: last}
    if fits:
        weighted_amounts(D("1.00"), items(None, None), given_weights)
        return
    assert "weights" in refusal(Method.WEIGHTED, D("1.00"), items(None, None), given_weights)


def test_a_wrong_weight_sum_names_the_difference() -> None:
    assert refusal(Method.WEIGHTED, D("1.00"), items(None, None), {1: 0.5, 2: 0.4}) == {
        "weights": "The weights sum to 0.9, which is 0.1 short of 1; they must sum to 1 or to 100."
    }
    assert refusal(Method.WEIGHTED, D("1.00"), items(None, None), {1: 50, 2: 62}) == {
        "weights": "The weights sum to 112, which is 12 more than 100; "
        "they must sum to 1 or to 100."
    }


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (-1, "negative"),
        (float("nan"), "not a number"),
        ("sNaN", "not a number"),
        (float("inf"), "infinite"),
        ("half", "not a number"),
        ("", "not a number"),
        (None, "not a number"),
        (True, "not a number"),
        ([1], "not a number"),
        ("1E-999999", "out of range"),
        ("1E+999999", "out of range"),
        pytest.param(10**6000, "out of range", id="huge"),  # pytest cannot print it
    ],
)
def test_bad_weights_are_refused_by_item(raw: object, reason: str) -> None:
    found = refusal(Method.WEIGHTED, D("1.00"), items(None, None), {1: raw, 2: 1})
    assert list(found) == ["weights/1"]
    assert found["weights/1"].startswith("“A”: ")
    assert reason in found["weights/1"]


def test_all_faults_come_at_once() -> None:
    given_weights = {1: "x", "1": 0.2, 2: -1, 99: 0.5, "abc": 1}
    found = refusal(Method.WEIGHTED, D("1.00"), items(None, None, None), given_weights)
    assert set(found) == {"weights/1", "weights/2", "weights/3", "weights/99", "weights/abc"}
    assert "more than once" in found["weights/1"]
    assert found["weights/3"] == "“C” has no value."


def test_manual_amounts_must_sum_exactly() -> None:
    two = items(None, None)
    assert manual_amounts(D("100000.00"), two, {1: "₱40,000", "2": D("60000.00")}) == amounts(
        "40000.00", "60000.00"
    )
    assert refusal(Method.MANUAL, D("100000.00"), two, {1: "40000", 2: "59999.99"}) == {
        "allocations": "The amounts sum to ₱99,999.99 but ₱100,000.00 is to be distributed: "
        "₱0.01 too short."
    }
    much = refusal(Method.MANUAL, D("100000.00"), two, {1: "40000", 2: "61234.50"})
    assert "₱1,234.50 too much" in much["allocations"]


def test_manual_refuses_negative_amounts_that_sum_right() -> None:
    """Trap: minus 400,000 and +500,000 made a fitting 100,000."""
    found = refusal(Method.MANUAL, D(100000), items(None, None), {1: "-400000", 2: "500000"})
    assert list(found) == ["allocations/1"]
    assert "negative" in found["allocations/1"]


def test_manual_refuses_another_ppas_item() -> None:
    """Trap: an amount for a foreign item was written to it. The sum is judged beside it."""
    given_amounts = {1: "50000", 2: "40000", 777: "10000"}
    found = refusal(Method.MANUAL, D(100000), items(None, None), given_amounts)
    assert set(found) == {"allocations/777", "allocations"}
    assert "₱10,000.00 too short" in found["allocations"]


@pytest.mark.parametrize("raw", ["NaN", D("NaN"), "50000.005", D("0.001"), 1.5, None, True, {}])
def test_manual_refuses_what_is_no_exact_amount(raw: object) -> None:
    """Trap: NaN and fractions of a centavo got through."""
    found = refusal(Method.MANUAL, D(100000), items(None, None), {1: raw, 2: "50000"})
    assert list(found) == ["allocations/1"]


def test_distribute_needs_a_budget_children_and_the_right_values() -> None:
    one = items("1.00")
    assert "no amount is set" in refusal(Method.EQUAL, None, one)["budget"]
    assert "₱0.00 is free" in refusal(Method.EQUAL, D("0.00"), one)["budget"]
    assert set(refusal(Method.EQUAL, D("-5"), [])) == {"budget", "parent"}
    assert "takes no weights" in refusal(Method.EQUAL, D("1.00"), one, {1: 1})["method"]
    assert "one value per item" in refusal(Method.MANUAL, D("1.00"), one, ["1.00"])["allocations"]
    assert refusal(Method.WEIGHTED, D("1.00"), one) == {"weights/1": "“A” has no value."}
    assert "not a distribution method" in refusal("by_mood", D("1.00"), one)["method"]


def test_distribute_reaches_every_method() -> None:
    three = items("10", "20", "10", shares=("50", "25", "25"))
    total = D("4.00")
    results = {
        Method.EQUAL: (None, amounts("1.34", "1.33", "1.33")),
        Method.PROPORTIONAL: ({}, amounts("1.00", "2.00", "1.00")),
        Method.TEMPLATE: (None, amounts("2.00", "1.00", "1.00")),
        Method.WEIGHTED: ({1: 25, 2: 25, 3: 50}, amounts("1.00", "1.00", "2.00")),
        Method.MANUAL: ({1: "3", 2: "1", 3: "0"}, amounts("3.00", "1.00", "0.00")),
    }
    assert set(results) == set(Method)
    for method, (values, expected) in results.items():
        assert distribute(method, total, three, values) == expected


@quick
@given(st.data())
def test_whatever_a_client_sends_is_exact_or_refused(data: st.DataObject) -> None:
    numbers = st.one_of(st.floats(), st.integers(-5, 100), st.booleans())
    raw = st.one_of(numbers, st.text(max_size=5), st.none())
    keys = st.one_of(st.integers(0, 4), st.sampled_from(["1", "2", "3", "x", "01"]))
    values = data.draw(st.dictionaries(keys, raw, max_size=4))
    method = data.draw(st.sampled_from([Method.WEIGHTED, Method.MANUAL]))
    total = data.draw(pesos)
    try:
        result = distribute(method, total, items(None, None, None), values)
    except Invalid as error:
        assert error.problems
    else:
        assert sum(result.values()) == total
        assert min(result.values()) >= 0


@quick
@given(pesos.filter(bool), weight_lists)
def test_weights_in_percent_always_distribute_exactly(total: Decimal, raw: list[Decimal]) -> None:
    percents = split(D("100.00"), raw)
    many = [ShareItem(n, str(n), None, None) for n in range(len(percents))]
    result = distribute(Method.WEIGHTED, total, many, dict(enumerate(percents)))
    assert sum(result.values()) == total
    assert min(result.values()) >= 0
