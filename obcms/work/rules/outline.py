"""Outline numbers (1, 1.2, 1.2.3) and reading order of a tree of work items (SPEC 3)."""

from collections import defaultdict
from collections.abc import Iterable

# (id, parent id or None, position among its siblings)
Placed = tuple[int, int | None, float]


def outline_numbers(items: Iterable[Placed]) -> dict[int, str]:
    """The outline number of every item, in reading order.

    Siblings count from 1 by position, equal positions by id, so gaps do not show. An item whose
    parent is not among the items counts as a top-level one: part of a tree can be numbered too.
    Items that are each other's ancestors come last, flat, rather than not at all.
    """
    rows = sorted(items, key=lambda row: (row[2], row[0]))
    known = {item_id for item_id, _, _ in rows}
    children: defaultdict[int | None, list[int]] = defaultdict(list)
    for item_id, parent_id, _ in rows:
        children[parent_id if parent_id in known else None].append(item_id)

    numbers: dict[int, str] = {}
    waiting = _numbered(children[None], "")
    while waiting:
        item_id, number = waiting.pop()
        numbers[item_id] = number
        if item_id in children:
            waiting += _numbered(children[item_id], f"{number}.")
    lost = sorted(known - numbers.keys())
    numbers.update((item, str(n)) for n, item in enumerate(lost, len(children[None]) + 1))
    return numbers


def _numbered(siblings: list[int], prefix: str) -> list[tuple[int, str]]:
    """Siblings with their numbers, last first, ready to be popped from a stack."""
    pairs = [(item_id, f"{prefix}{place}") for place, item_id in enumerate(siblings, 1)]
    pairs.reverse()
    return pairs
