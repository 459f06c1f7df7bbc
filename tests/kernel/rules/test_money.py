"""Amounts are read strictly and shown the way a budget officer writes them (SPEC 1)."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from obcms.kernel.errors import Invalid
from obcms.kernel.rules.money import format_number, format_peso, parse_money, quote
from obcms.kernel.rules.percent import round_percent, round_progress


@pytest.mark.parametrize(
    ("raw", "pesos"),
    [
        ("1,234.50", "1234.50"),
        ("₱1,234.50", "1234.50"),
        (" ₱ 1,234.5 ", "1234.50"),
        ("PHP 1,000,000", "1000000.00"),
        ("\u00a05\u00a0", "5.00"),
        (".5", "0.50"),
        ("-0", "0.00"),
        (7, "7.00"),
        (Decimal("1E+3"), "1000.00"),
        (Decimal("-0.00"), "0.00"),
        ("999999999999.99", "999999999999.99"),
    ],
)
def test_reads_what_people_write(raw: object, pesos: str) -> None:
    assert str(parse_money(raw)) == pesos


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (None, "missing"),
        ("  ", "missing"),
        ("abc", "not an amount"),
        ("1,23.00", "not an amount"),
        ("1.234,50", "not an amount"),
        ("1_000", "not an amount"),
        ("1e5", "not an amount"),
        ("١٢", "not an amount"),
        ("₱", "not an amount"),
        ("NaN", "not an amount"),
        ("Infinity", "not an amount"),
        ("9" * 5000, "not an amount"),
        (Decimal("NaN"), "not an amount"),
        (Decimal("sNaN"), "not an amount"),
        (Decimal("Infinity"), "not an amount"),
        (Decimal("-Infinity"), "not an amount"),
        (True, "not an amount"),
        ([1], "not an amount"),
        (1.5, "floating-point"),
        (float("nan"), "floating-point"),
        ("-5", "negative"),
        ("₱-5.00", "negative"),
        ("\N{MINUS SIGN}₱5.00", "negative"),
        (-1, "negative"),
        ("1.005", "two decimals"),
        ("1.500", "two decimals"),
        (Decimal("1E-9999"), "two decimals"),
        ("1000000000000", "too large"),
        pytest.param(10**6000, "too large", id="huge"),  # pytest cannot print it
        (Decimal("1E+999999"), "too large"),
    ],
)
def test_refuses_the_rest_saying_why(raw: object, reason: str) -> None:
    with pytest.raises(Invalid, match=reason) as caught:
        parse_money(raw, "budget")
    assert [problem.pointer for problem in caught.value.problems] == ["budget"]


def test_shows_pesos() -> None:
    assert format_peso(Decimal("1234.5")) == "₱1,234.50"
    assert format_peso(Decimal("-1234.5")) == "\N{MINUS SIGN}₱1,234.50"
    assert format_peso(Decimal("-0.001")) == "₱0.00"
    assert format_peso(Decimal(0)) == "₱0.00"
    assert format_peso(None) == "—"
    assert format_peso(Decimal("1E+30")).startswith("₱1,000,000")


@given(st.decimals(0, Decimal("999999999999.99"), places=2))
def test_what_is_shown_can_be_read_back(amount: Decimal) -> None:
    assert parse_money(format_peso(amount)) == amount
    assert parse_money(str(amount)) == amount


@given(st.one_of(st.text(), st.floats(), st.integers(), st.decimals(), st.none(), st.booleans()))
def test_anything_is_an_amount_or_a_printable_refusal(raw: object) -> None:
    try:
        amount = parse_money(raw)
    except Invalid as error:
        assert str(error).isprintable()
        str(error).encode()  # a lone surrogate would fail here
    else:
        assert 0 <= amount < 10**12
        assert amount.as_tuple().exponent == -2


def test_rounds_percents_half_up() -> None:
    assert round_percent(Decimal("66.666")) == Decimal("66.67")
    assert round_percent(Decimal("0.125")) == Decimal("0.13")
    assert round_percent(Decimal("99.995")) == Decimal("100.00")
    assert round_progress(Decimal("99.995")) == Decimal("99.99")
    assert round_progress(Decimal("100")) == Decimal("100.00")
    assert str(round_percent(Decimal("-0.004"))) == "0.00"


def test_quotes_outside_values_safely() -> None:
    assert quote("a\x00\ud800b") == "a\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}b"
    assert len(quote("x" * 1000)) == 40
    assert quote({"a": 1}) == "a value of type dict"
    assert quote(10**9999) == "a very large number"
    assert format_number(Decimal("100.00")) == "100"
