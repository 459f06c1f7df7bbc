"""What a request is about: the record in its address, where it exists for the caller."""

from collections.abc import Callable
from typing import Any

from flask import g

from obcms.kernel.permissions import OwnedByMOA

Finder = Callable[[int], tuple[Any, OwnedByMOA | None]]
# By the name of the number in the address; slices add theirs.
FINDERS: dict[str, Finder] = {}


def find_subject(numbers: dict[str, int]) -> OwnedByMOA | None:
    """What a permission for this address is asked for; raises NotFound.

    What was found stays at hand for the request, so that the view finds it without a query.
    """
    for name, number in numbers.items():
        if name in FINDERS:
            g.subject, owned = FINDERS[name](number)
            return owned
    return None
