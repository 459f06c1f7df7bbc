"""The walk over later days (SPEC 6, "Limits"), on amounts alone."""

from datetime import date
from decimal import Decimal

import pytest

from obcms.ledger.rules.limits import breach, slack_by_day

JAN, MAR, JUN, OCT = (date(2025, month, 1) for month in (1, 3, 6, 10))


def pesos(*changes: tuple[date, int]) -> list[tuple[date, Decimal]]:
    return [(day, Decimal(amount)) for day, amount in changes]


def test_the_slack_of_a_day_leaves_out_what_came_later() -> None:
    slack = slack_by_day(Decimal(120), pesos((OCT, 100), (JUN, -80)), MAR)
    assert slack == {MAR: Decimal(100), JUN: Decimal(20), OCT: Decimal(120)}


def test_free_is_the_least_of_a_day_and_all_later_ones() -> None:
    def free(slack: int, *later: tuple[date, int]) -> Decimal:
        found = breach(Decimal(slack), pesos(*later), pesos((MAR, -1_000)))
        assert found is not None
        return found.free

    assert free(120, (OCT, 100), (JUN, -80)) == 20
    assert free(120) == 120
    assert free(-5) == 0


def test_a_voucher_of_march_may_not_spend_what_came_in_october() -> None:
    found = breach(Decimal(200), pesos((OCT, 100)), pesos((MAR, -150)))
    assert found is not None
    assert (found.free, found.breaks_on) == (100, MAR)
    assert breach(Decimal(200), pesos((OCT, 100)), pesos((MAR, -100))) is None


def test_the_day_that_breaks_is_the_first_one_later_on() -> None:
    found = breach(Decimal(20), pesos((JUN, -50), (OCT, -30)), pesos((MAR, -30)))
    assert found is not None
    assert (found.free, found.breaks_on) == (20, OCT)
    found = breach(Decimal(20), pesos((JUN, -80)), pesos((MAR, -30)))
    assert found is not None
    assert found.breaks_on == JUN


@pytest.mark.parametrize(
    "changes",
    [
        pesos((MAR, 40)),  # lessens it, though 60 are lacking still
        pesos((MAR, -40), (MAR, 40)),  # leaves it
        pesos((MAR, 10), (JUN, -10)),
    ],
)
def test_a_lack_that_stands_refuses_nothing_that_does_not_enlarge_it(changes) -> None:
    assert breach(Decimal(-100), [], changes) is None


def test_a_lack_that_stands_is_not_enlarged() -> None:
    found = breach(Decimal(-100), [], pesos((MAR, -1)))
    assert found is not None
    assert (found.free, found.breaks_on) == (0, MAR)
    found = breach(Decimal(-100), [], pesos((MAR, 10), (JUN, -11)))
    assert found is not None
    assert found.breaks_on == JUN
