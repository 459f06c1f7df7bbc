"""Which entries the last day to obligate binds, and which may be overridden (SPEC 6)."""

from decimal import Decimal

import pytest

from obcms.ledger.rules.choices import EntryKind as Kind
from obcms.ledger.rules.effects import binds_last_day, may_be_overridden

UP, DOWN = Decimal(1), Decimal(-1)
BOUND = {
    (Kind.OBLIGATION, UP),
    (Kind.OBLIGATION_ADJUSTMENT, UP),
    (Kind.ALLOTMENT, UP),
    (Kind.ALLOTMENT_ADJUSTMENT, UP),
    (Kind.TRANSFER_TO, UP),
    (Kind.TRANSFER_FROM, UP),
}
OVERRIDABLE = {(Kind.OBLIGATION, UP), (Kind.OBLIGATION_ADJUSTMENT, UP)}
SIGNED = {kind for kind in Kind if kind.value.endswith("_adjustment")}
ENTRIES = [(kind, UP) for kind in Kind] + [(kind, DOWN) for kind in Kind if kind in SIGNED]


@pytest.mark.parametrize(("kind", "amount"), ENTRIES)
def test_what_the_last_day_binds(kind: Kind, amount: Decimal) -> None:
    assert binds_last_day(kind, amount) == ((kind, amount) in BOUND)


@pytest.mark.parametrize(("kind", "amount"), ENTRIES)
def test_what_may_be_overridden(kind: Kind, amount: Decimal) -> None:
    assert may_be_overridden(kind, amount) == ((kind, amount) in OVERRIDABLE)
