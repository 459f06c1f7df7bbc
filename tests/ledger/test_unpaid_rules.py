"""Since when something is owed: the oldest amount that is not used up yet."""

from datetime import date
from decimal import Decimal

import pytest

from obcms.ledger.rules.unpaid import open_since

JAN, MAR, JUN = (date(2025, month, 1) for month in (1, 3, 6))


@pytest.mark.parametrize(
    ("came", "left", "since"),
    [
        ([], 0, None),
        ([(JAN, 100)], 0, None),
        ([(JAN, 100)], 1, JAN),
        ([(JAN, 100), (MAR, 50)], 50, MAR),  # January's is used up
        ([(JAN, 100), (MAR, 50)], 51, JAN),
        ([(MAR, 50), (JAN, 100)], 51, JAN),  # in whatever order they are told
        ([(JAN, 100), (MAR, 50), (JUN, -30)], 50, MAR),  # what was taken back is no debt
        ([(JAN, 100), (JUN, -30)], 70, JAN),
    ],
)
def test_the_oldest_is_used_up_first(came, left: int, since: date | None) -> None:
    amounts = [(day, Decimal(amount)) for day, amount in came]
    assert open_since(amounts, Decimal(left)) == since
