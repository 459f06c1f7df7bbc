"""What bounds the columns of a PPA beyond the PPA itself; the slice that it belongs to tells."""

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from obcms.kernel.errors import Problem

# What is wrong with a PPA that would have these columns, where those named are changed.
Bound = Callable[[Mapping[str, Any], Collection[str]], Iterator[Problem]]

# Each reads in one query what bounds the PPAs with these ids, and answers by id.
BOUNDS: list[Callable[[Collection[int]], Mapping[int, Bound]]] = []


def bounds_of(ppa_ids: Collection[int]) -> dict[int, list[Bound]]:
    """The bounds of those PPAs that have some."""
    found: dict[int, list[Bound]] = {}
    for read in BOUNDS:
        for ppa_id, bound in read(ppa_ids).items():
            found.setdefault(ppa_id, []).append(bound)
    return found
