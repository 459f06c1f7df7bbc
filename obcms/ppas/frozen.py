"""What of a PPA cannot be edited as it stands; the slice that freezes it tells (SPEC 7)."""

from collections.abc import Callable, Mapping
from typing import Any

# Each answers the frozen columns of a PPA, or of a row with its columns, and for each the sentence
# that refuses its change.
FREEZERS: list[Callable[[Any], Mapping[str, str]]] = []


def frozen_fields(ppa: Any) -> dict[str, str]:
    """The columns that an edit may not change now, each with the sentence that says why."""
    return {name: why for freeze in FREEZERS for name, why in freeze(ppa).items()}
