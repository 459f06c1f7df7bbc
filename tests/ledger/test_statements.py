"""Each authorization has a statement of its own (BUDGET.md)."""

from datetime import date
from decimal import Decimal

import pytest

from obcms.ledger.reads.statement import Authorization, fund_status
from tests.ledger.lines import make_act, make_line

pytestmark = pytest.mark.usefixtures("app")


def test_regular_supplemental_and_continuing_appropriations_stand_apart() -> None:
    for amount, values in (("1.00", {}), ("2.00", {"kind": "supplemental"}), ("4.00", None)):
        act = make_act(2024) if values is None else make_act(**values)
        make_line(act, mooe=amount)
    found = {
        kind: [row.columns.authorized for row in fund_status(2025, date(2025, 3, 31), kind)]
        for kind in Authorization
    }
    assert found == {
        Authorization.CURRENT: [Decimal("1.00")],
        Authorization.SUPPLEMENTAL: [Decimal("2.00")],
        Authorization.CONTINUING: [Decimal("4.00")],
    }
