"""What of a PPA cannot be edited as it stands; the slice that freezes it tells (SPEC 7)."""

from collections.abc import Callable, Mapping

from obcms.ppas.models import PPA

# Each answers the frozen columns of a PPA with their labels.
FREEZERS: list[Callable[[PPA], Mapping[str, str]]] = []


def frozen_fields(ppa: PPA) -> dict[str, str]:
    """The columns that an edit may not change now, with what they are called."""
    return {name: label for freeze in FREEZERS for name, label in freeze(ppa).items()}
