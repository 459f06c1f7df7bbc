"""An amount is split to the centavo, by the largest remainder (SPEC 5)."""

import random as randoms
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from obcms.kernel.errors import Invalid
from obcms.kernel.rules.splitting import split, split_equally

D = Decimal
pesos = st.integers(0, 10**14 - 1).map(lambda centavos: D(centavos).scaleb(-2))
weight_lists = st.lists(st.decimals(0, 1000, places=4), min_size=1, max_size=30).filter(any)
quick = settings(max_examples=60, deadline=None)


def test_equal_split_gives_the_stray_centavo_to_the_first() -> None:
    assert split_equally(D("100.00"), 3) == [D("33.34"), D("33.33"), D("33.33")]
    assert split_equally(D("0.02"), 3) == [D("0.01"), D("0.01"), D("0.00")]


def test_stray_centavos_go_to_the_largest_remainder_not_to_the_last() -> None:
    assert split(D("0.10"), [D(1), D(5)]) == [D("0.02"), D("0.08")]  # 1.67 and 8.33 centavos
    assert split(D("1.00"), [D("0.005"), D("0.005"), D("0.99")]) == [D("0.01"), D(0), D("0.99")]


def test_a_weight_of_zero_receives_nothing() -> None:
    assert split(D("0.01"), [D(0), D(1), D(0)]) == [D(0), D("0.01"), D(0)]
    assert split(D("0.00"), [D(1), D(2)]) == [D(0), D(0)]


@pytest.mark.parametrize("total", ["-0.01", "0.005", "NaN", "Infinity", "1E+999999", "1E+12"])
def test_split_refuses_totals_that_are_not_pesos_and_centavos(total: str) -> None:
    with pytest.raises(Invalid, match="cannot be divided"):
        split(D(total), [D(1)])


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        ([], "no item has a weight above zero"),
        (["0", "0"], "no item has a weight above zero"),
        (["-1", "2"], "a weight of -1 is negative"),
        (["NaN"], "“NaN” is not a number"),
        (["sNaN"], "“sNaN” is not a number"),
        (["Infinity"], "cannot be infinite"),
    ],
)
def test_split_refuses_weights_that_make_no_proportion(weights: list[str], said: str) -> None:
    with pytest.raises(Invalid, match=said):
        split(D("1.00"), [D(weight) for weight in weights])


@quick
@given(pesos, weight_lists)
def test_every_split_is_exact_and_fair(total: Decimal, weights: list[Decimal]) -> None:
    parts = split(total, weights)
    assert sum(parts) == total
    assert all(part >= 0 and part.as_tuple().exponent == -2 for part in parts)
    whole = sum(int(weight.scaleb(4)) for weight in weights)
    for part, weight in zip(parts, weights, strict=True):
        exact = int(total.scaleb(2)) * int(weight.scaleb(4))
        assert abs(int(part.scaleb(2)) * whole - exact) < whole  # within one centavo
    assert parts == split(total, weights)


@quick
@given(pesos, weight_lists, st.randoms())
def test_order_matters_only_by_the_tie_rule(
    total: Decimal,
    weights: list[Decimal],
    random: randoms.Random,
) -> None:
    shuffled = random.sample(weights, len(weights))
    before, after = split(total, weights), split(total, shuffled)
    by_weight = sorted(zip(weights, before, strict=True))
    by_weight_after = sorted(zip(shuffled, after, strict=True))
    whole = sum(weights)
    remainders = [total.scaleb(2) * 10**4 * weight % whole for weight in weights]
    if len(set(remainders)) == len(remainders) or len(set(weights)) == len(weights) == 1:
        assert by_weight == by_weight_after
    for (weight, part), (same, other) in zip(by_weight, by_weight_after, strict=True):
        assert weight == same
        assert abs(part - other) <= D("0.01")


@quick
@given(pesos, st.integers(1, 60))
def test_equal_parts_differ_by_a_centavo_at_most_and_fall_by_position(
    total: Decimal, count: int
) -> None:
    parts = split_equally(total, count)
    assert sum(parts) == total
    assert parts[0] - parts[-1] <= D("0.01")
    assert parts == sorted(parts, reverse=True)
