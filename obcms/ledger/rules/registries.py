"""Which entries stand in which registry, and which of its figures they change (BUDGET.md)."""

from obcms.ledger.rules.choices import EntryKind as Kind
from obcms.ledger.rules.choices import RegistryKind

# By the names of Figures: the direction in which a kind's amount counts.
CHANGES: dict[str, dict[Kind, int]] = {
    "appropriated": {Kind.APPROPRIATION: 1, Kind.APPROPRIATION_ADJUSTMENT: 1},
    "allotted": {
        Kind.ALLOTMENT: 1,
        Kind.ALLOTMENT_ADJUSTMENT: 1,
        Kind.TRANSFER_TO: -1,
        Kind.TRANSFER_FROM: 1,
    },
    "obligated": {Kind.OBLIGATION: 1, Kind.OBLIGATION_ADJUSTMENT: 1},
    "payable": {Kind.PAYABLE: 1, Kind.PAYABLE_ADJUSTMENT: 1},
    "disbursed": {Kind.DISBURSEMENT: 1, Kind.DISBURSEMENT_ADJUSTMENT: 1},
}
# The entries that each registry shows.
REGISTRIES = {
    RegistryKind.RAOD: frozenset(Kind) - frozenset(CHANGES["appropriated"]),
    RegistryKind.RAPAL: frozenset({*CHANGES["appropriated"], *CHANGES["allotted"]}),
}


def registry_of(kind: Kind) -> RegistryKind:
    """The registry to look for an entry of the kind: RAOD, where it stands in both."""
    return next(one for one, kinds in REGISTRIES.items() if kind in kinds)
