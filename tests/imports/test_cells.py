"""What one cell says, and that whatever it says is answered with a value or a reason."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from obcms.imports.reading.classes import parse_class
from obcms.kernel.intake.amounts import parse_amount
from obcms.kernel.intake.cells import Formula, clean_text, parse_date
from obcms.ppas.rules.choices import AppropriationClass

CELLS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=40),
    st.text(alphabet="0123456789.,-–()₱PHp /", max_size=25),
    st.dates(),
    st.datetimes(),
    st.times(),
)


@given(CELLS)
def test_any_cell_is_an_amount_to_the_centavo_or_a_reason(cell: Any) -> None:
    try:
        amount = parse_amount(cell)
    except ValueError as error:
        assert str(error).startswith("The amount ")
    else:
        assert amount >= 0
        assert amount.as_tuple()[0::2] == (0, -2)


@given(CELLS, st.booleans())
def test_any_cell_is_a_day_or_no_date(cell: Any, dates_from_1904: bool) -> None:
    try:
        assert 1990 <= parse_date(cell, dates_from_1904).year <= 2100
    except ValueError as error:
        assert str(error).endswith("is not a date.")


@given(CELLS)
def test_any_cell_is_a_class_or_not(cell: Any) -> None:
    try:
        assert parse_class(cell) in AppropriationClass
    except ValueError as error:
        assert str(error).endswith("is not one appropriation class.")


@given(CELLS)
def test_text_is_one_line_and_cleaning_it_again_changes_nothing(cell: Any) -> None:
    text = clean_text(cell)
    assert text == " ".join(text.split())
    assert clean_text(text) == text


@given(st.decimals(min_value=0, max_value=Decimal("999999999999.99"), places=2))
def test_what_excel_stores_as_a_float_comes_back_to_the_centavo(amount: Decimal) -> None:
    assert parse_amount(float(amount)) == amount
    assert parse_amount(f"₱{amount:,.2f}") == amount


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("PHP 1,234.50", "1234.50"),
        ("Php. 1,000", "1000.00"),
        ("₱ 1 234 567.00 ", "1234567.00"),
        ("1,000.00 pesos", "1000.00"),
        (12000.500000000002, "12000.50"),
        (6772589230.120001, "6772589230.12"),
        (-0.0, "0.00"),
        ("0", "0.00"),
    ],
)
def test_amounts_in_more_spellings(said: object, read: str) -> None:
    assert str(parse_amount(said)) == read


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (None, "missing"),
        ("₱ -", "missing"),
        ("5,000-", "negative"),
        ("-₱5", "negative"),
        ("₱(5.00)", "negative"),
        (12000.505, "more than two decimals"),
        (12000.501, "more than two decimals"),
        ("1.00000000000000000000000000000000001", "more than two decimals"),
        ("1.234,50", "thousands or centavos"),
        ("1,23", "thousands or centavos"),
        ("1,2345", "cannot be read"),
        ("5%", "cannot be read"),
        ("$5", "cannot be read"),
        ("1e5", "cannot be read"),
        ("١٢٣", "cannot be read"),
        (float("inf"), "cannot be read"),
        pytest.param(10**5000, "too large", id="huge"),
        (Formula("=A1*2"), "formula without a stored result"),
    ],
)
def test_amounts_that_are_refused(said: object, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        parse_amount(said)


@pytest.mark.parametrize(
    ("said", "read"),
    [
        (datetime(2025, 12, 19, 14, 0), date(2025, 12, 19)),
        ("19/12/2025", date(2025, 12, 19)),
        ("2025-12-19 00:00:00", date(2025, 12, 19)),
        ("Friday, December 19, 2025", date(2025, 12, 19)),
        ("19th of December 2025", date(2025, 12, 19)),
        ("19-Dec-25", date(2025, 12, 19)),
        ("Sept. 1, 2025", date(2025, 9, 1)),
        ("45663.75", date(2025, 1, 6)),
    ],
)
def test_dates_in_more_spellings(said: object, read: date) -> None:
    assert parse_date(said) == read


@pytest.mark.parametrize(
    "said",
    [
        "TBD",
        "December 2025",
        "Dec-25",
        "Dec 19-25",
        "Jan 6-8, 2025",
        "Q1 2025",
        "2/30/2025",
        2025,
        "January 2025 10:30",
        True,
        None,
        "1/1/1899",
        float("nan"),
    ],
)
def test_what_is_not_clearly_one_day_is_none(said: object) -> None:
    with pytest.raises(ValueError, match="is not a date"):
        parse_date(said)


def test_serial_numbers_may_count_from_1904() -> None:
    assert parse_date(45663 - 1462, dates_from_1904=True) == date(2025, 1, 6)


@pytest.mark.parametrize("said", ["PS ", "Personal Services", "Personnel Services (PS)", "p.s."])
def test_classes_in_more_spellings(said: str) -> None:
    assert parse_class(said) is AppropriationClass.PS


@pytest.mark.parametrize("said", ["MOOE/CO", "PS, MOOE", "various", "", "PS and MOOE"])
def test_several_or_unknown_classes_are_none(said: str) -> None:
    with pytest.raises(ValueError, match="is not one appropriation class"):
        parse_class(said)


def test_invisible_characters_go_and_accents_are_composed() -> None:
    assert clean_text("Kalu\u200bsugan\u00a0 \x07ng\tBayan_x000D_\n") == "Kalusugan ng Bayan"
    assert clean_text("Montan\u0303er") == "Montañer"
    assert clean_text(101.0) == "101"
