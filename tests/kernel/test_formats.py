"""How figures look to people: short, and never more finished than they are (SPEC 4)."""

from decimal import Decimal

import pytest

from obcms.kernel.formats import percent, tenth


@pytest.mark.parametrize(
    ("value", "whole", "tenths"),
    [
        ("0.00", "0%", "0.0%"),
        ("12.50", "13%", "12.5%"),
        ("99.49", "99%", "99.5%"),
        ("99.50", "99%", "99.5%"),
        ("99.99", "99%", "99.9%"),
        ("100.00", "100%", "100.0%"),
        ("100.01", "101%", "100.1%"),
        ("100.40", "101%", "100.4%"),
        ("112.00", "112%", "112.0%"),
        ("-7.25", "−7%", "−7.3%"),
    ],
)
def test_100_is_shown_for_100_alone(value: str, whole: str, tenths: str) -> None:
    assert (percent(Decimal(value)), tenth(Decimal(value))) == (whole, tenths)


def test_what_is_not_set_is_a_dash() -> None:
    assert (percent(None), tenth(None)) == ("—", "—")
