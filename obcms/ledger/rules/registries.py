"""Which entries stand in which registry, and which of its figures they change (BUDGET.md)."""

from obcms.ledger.rules.choices import EntryKind as Kind

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
# Registry of appropriations and allotments; of allotments, obligations and disbursements.
RAPAL = frozenset({*CHANGES["appropriated"], *CHANGES["allotted"]})
RAOD = frozenset(Kind) - frozenset(CHANGES["appropriated"])
