"""The order of the house holds (DESIGN): imports point down, and rules stand alone."""

from tests.house.contracts import check


def test_the_contracts_hold() -> None:
    assert check()
