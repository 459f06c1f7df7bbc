"""Outline numbers come from positions, whatever the order rows arrive in (SPEC 3)."""

import random

from obcms.work.rules.outline import outline_numbers


def test_numbers_follow_positions_then_ids() -> None:
    items = [(1, None, 0), (4, 1, 7), (3, 1, 7), (2, 1, 2), (9, 3, 5), (8, 3, 1)]
    expected = {1: "1", 2: "1.1", 3: "1.2", 8: "1.2.1", 9: "1.2.2", 4: "1.3"}
    for _ in range(5):
        random.shuffle(items)
        assert outline_numbers(iter(items)) == expected
        assert list(outline_numbers(items)) == [1, 2, 3, 8, 9, 4]


def test_part_of_a_tree_is_numbered_from_its_own_top() -> None:
    assert outline_numbers([(5, 99, 3), (6, 5, 0)]) == {5: "1", 6: "1.1"}
    assert outline_numbers([]) == {}


def test_items_in_a_loop_are_still_shown() -> None:
    assert outline_numbers([(1, None, 0), (2, 3, 0), (3, 2, 0), (4, 4, 0)]) == {
        1: "1",
        2: "2",
        3: "3",
        4: "4",
    }


def test_depth_is_no_limit() -> None:
    chain = [(n, n - 1 if n else None, 0) for n in range(3000)]
    assert list(outline_numbers(chain)) == list(range(3000))
