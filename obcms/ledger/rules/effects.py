"""What each kind of entry is and does: to which limits, and in which column it counts (SPEC 6)."""

from dataclasses import dataclass
from decimal import Decimal

from obcms.kernel.errors import Problem
from obcms.ledger.rules.choices import EntryKind as Kind
from obcms.ledger.rules.choices import Refusal

# The limits, in the order in which they are told; each is a slack that never falls below zero.
LIMITS = (
    Refusal.ALLOTMENTS,
    Refusal.OBLIGATIONS,
    Refusal.PAYABLES,
    Refusal.DISBURSEMENTS,
    Refusal.REFUND,
)
# Of a line, class and cluster; of an obligation; of a disbursement.
LINE_LIMITS = frozenset({Refusal.ALLOTMENTS, Refusal.OBLIGATIONS})
OBLIGATION_LIMITS = frozenset({Refusal.PAYABLES, Refusal.DISBURSEMENTS})


@dataclass(frozen=True)
class Effect:
    """`total` is the column of a quarter's totals that the amount joins, "" for a memo.

    `slack` has for each limit that the amount moves the direction, 1 or -1.
    """

    total: str
    slack: dict[Refusal, int]
    signed: bool = False


def _between(used: Refusal, freed: Refusal, direction: int = 1) -> dict[Refusal, int]:
    return {used: -direction, freed: direction}


_APPROPRIATED = {Refusal.ALLOTMENTS: 1}
_ALLOTTED = _between(Refusal.ALLOTMENTS, Refusal.OBLIGATIONS)
_OBLIGATED = _between(Refusal.OBLIGATIONS, Refusal.PAYABLES)
_PAYABLE = _between(Refusal.PAYABLES, Refusal.DISBURSEMENTS)
_DISBURSED = _between(Refusal.DISBURSEMENTS, Refusal.REFUND)

EFFECTS: dict[Kind, Effect] = {
    Kind.APPROPRIATION: Effect("appropriations", _APPROPRIATED),
    Kind.APPROPRIATION_ADJUSTMENT: Effect("appropriation_adjustments", _APPROPRIATED, True),
    Kind.ALLOTMENT: Effect("allotments", _ALLOTTED),
    Kind.ALLOTMENT_ADJUSTMENT: Effect("allotment_adjustments", _ALLOTTED, True),
    Kind.TRANSFER_TO: Effect(
        "transferred_to", _between(Refusal.ALLOTMENTS, Refusal.OBLIGATIONS, -1)
    ),
    Kind.TRANSFER_FROM: Effect("transferred_from", _ALLOTTED),
    Kind.OBLIGATION: Effect("obligations", _OBLIGATED),
    Kind.OBLIGATION_ADJUSTMENT: Effect("obligations", _OBLIGATED, True),
    Kind.PAYABLE: Effect("payables", _PAYABLE),
    Kind.PAYABLE_ADJUSTMENT: Effect("payables", _PAYABLE, True),
    Kind.DISBURSEMENT: Effect("disbursements", _DISBURSED),
    Kind.DISBURSEMENT_ADJUSTMENT: Effect("disbursements", _DISBURSED, True),
    Kind.LIQUIDATION: Effect("", {Refusal.REFUND: -1}),
}
# Those under an obligation; totals keep them apart where the obligation is of an earlier year.
OF_AN_OBLIGATION = frozenset(
    {
        Kind.OBLIGATION,
        Kind.OBLIGATION_ADJUSTMENT,
        Kind.PAYABLE,
        Kind.PAYABLE_ADJUSTMENT,
        Kind.DISBURSEMENT,
        Kind.DISBURSEMENT_ADJUSTMENT,
        Kind.LIQUIDATION,
    }
)
# Those that name the disbursement which they liquidate, refund or cancel.
OF_A_DISBURSEMENT = frozenset({Kind.DISBURSEMENT_ADJUSTMENT, Kind.LIQUIDATION})
# Those that a ministry posts on its own lines; the others are the budget ministry's.
SPENDING = OF_AN_OBLIGATION
TAKES_BACK = Problem("The amount must be above zero; an adjustment takes back.", "amount")


def binds_last_day(kind: Kind, amount: Decimal) -> bool:
    """Whether the last day to obligate holds for an entry outside a movement."""
    if kind in (Kind.OBLIGATION, Kind.ALLOTMENT, Kind.TRANSFER_TO, Kind.TRANSFER_FROM):
        return True
    return kind in (Kind.OBLIGATION_ADJUSTMENT, Kind.ALLOTMENT_ADJUSTMENT) and amount > 0


def may_be_overridden(kind: Kind, amount: Decimal) -> bool:
    """Whether the budget ministry may record it beyond the allotment or the last day."""
    return kind is Kind.OBLIGATION or (kind is Kind.OBLIGATION_ADJUSTMENT and amount > 0)


def is_wrongly_signed(kind: Kind, amount: Decimal) -> bool:
    """Whether the amount is below zero where the kind takes nothing back."""
    return amount < 0 and not EFFECTS[kind].signed
