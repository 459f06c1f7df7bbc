"""The pure rules of alerts: when one is raised, what it measures, and when it lets go (SPEC 10)."""

from datetime import date
from decimal import Decimal

import pytest

from obcms.alerts.rules.choices import AlertLevel
from obcms.alerts.rules.lifecycle import Limits, level_now
from obcms.alerts.rules.measures import ahead_of_time, over_distributed, overspent, time_gone

HIGH, CRITICAL = AlertLevel.HIGH, AlertLevel.CRITICAL
LIMITS = Limits(Decimal(10), Decimal(20))


@pytest.mark.parametrize(
    ("before", "figure", "after"),
    [
        (None, "10", None),
        (None, "10.01", HIGH),
        (None, "20", HIGH),
        (None, "20.01", CRITICAL),
        (None, "9.5", None),
        (HIGH, "9.01", HIGH),
        (HIGH, "9", None),
        (HIGH, "20.01", CRITICAL),
        (HIGH, "20", HIGH),
        (CRITICAL, "19.01", CRITICAL),
        (CRITICAL, "19", HIGH),
        (CRITICAL, "9.5", HIGH),
        (CRITICAL, "9", None),
    ],
)
def test_a_level_rises_at_once_and_falls_a_full_point_later(before, figure, after) -> None:
    assert level_now(before, Decimal(figure), LIMITS) is after


@pytest.mark.parametrize("around", [10, 20])
def test_a_swing_of_half_a_point_raises_once_and_resolves_never(around: int) -> None:
    level, seen = None, []
    for turn in range(10):
        figure = Decimal(around) + (Decimal("0.5") if turn % 2 == 0 else Decimal("-0.5"))
        level = level_now(level, figure, LIMITS)
        seen.append(level)
    assert set(seen) == {HIGH if around == 10 else CRITICAL}


def test_without_a_critical_threshold_nothing_is_critical() -> None:
    assert level_now(None, Decimal(900), Limits(Decimal(25), None)) is HIGH


@pytest.mark.parametrize(
    ("allocated", "spent", "figure", "level"),
    [
        ("100", "112", "12.00", HIGH),
        ("100", "125", "25.00", CRITICAL),
        ("100", "110", "10.00", None),
        ("3", "3.31", "10.33", HIGH),
        ("0", "0.01", None, CRITICAL),
        ("0", "0", None, None),
        (None, "5", None, None),
        ("0.01", "9999999999999999.99", "999999.99", CRITICAL),
    ],
)
def test_what_is_overspent(allocated, spent, figure, level) -> None:
    amount = None if allocated is None else Decimal(allocated)
    found = overspent(amount, Decimal(spent), None, LIMITS)
    assert (found.level, found.figure) == (level, None if figure is None else Decimal(figure))


@pytest.mark.parametrize(
    ("spent", "gone", "level"),
    [("75", "50", None), ("75.01", "50", HIGH), ("26", "0", HIGH), ("90", None, None)],
)
def test_what_is_ahead_of_time(spent, gone, level) -> None:
    share = None if gone is None else Decimal(gone)
    limits = Limits(Decimal(25), None)
    assert ahead_of_time(Decimal(100), Decimal(spent), share, None, limits).level is level
    assert ahead_of_time(None, Decimal(spent), share, None, limits).level is None
    assert ahead_of_time(Decimal(0), Decimal(spent), share, None, limits).level is None


def test_what_is_over_distributed() -> None:
    assert over_distributed(Decimal(100), Decimal("100.01")).level is HIGH
    assert over_distributed(Decimal(100), Decimal(100)).level is None
    assert over_distributed(Decimal(100), None).level is None
    assert over_distributed(None, Decimal(100)).level is None
    assert over_distributed(Decimal(0), Decimal(1)).figure is None


@pytest.mark.parametrize(
    ("today", "gone"),
    [("2031-01-01", "0.00"), ("2031-01-06", "10.00"), ("2031-01-10", "50.00"), ("2032-01-01", 100)],
)
def test_the_share_of_time(today: str, gone: str) -> None:
    start, end = date(2031, 1, 6), date(2031, 1, 15)
    assert time_gone(start, end, date.fromisoformat(today)) == Decimal(gone)
    assert time_gone(None, end, end) is None
    assert time_gone(start, None, end) is None
