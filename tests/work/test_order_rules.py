"""A position between two neighbors', and when there is none left."""

import pytest

from obcms.work.rules.order import between, is_between


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (None, None, 0),
        (None, 0, -1),
        (7, None, 8),
        (1, 2, 1.5),
        (-1, 4, 1.5),
        (3, 3, None),
        (4, 3, None),
    ],
)
def test_a_position_between_two_others(
    before: float | None, after: float | None, expected: float | None
) -> None:
    assert between(before, after) == expected


def test_there_is_room_for_fifty_moves_to_the_same_spot_and_then_none() -> None:
    before, after, moves = 0.0, 1.0, 0
    while (middle := between(after - (after - before), after)) is not None and middle < after:
        before, moves = middle, moves + 1
    assert 50 <= moves < 60


def test_standing_on_a_neighbor_is_not_standing_between() -> None:
    assert is_between(1, 0, 2)
    assert is_between(1, None, None)
    assert not is_between(0, 0, 2)
    assert not is_between(2, 0, 2)
