"""The demonstration's year: made up and marked so, with what happens daily, closed to September."""

from collections import Counter
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from obcms.demo.ledger import MFBM
from obcms.demo.oddities import FUND, RELEASED
from obcms.kernel.errors import Invalid
from obcms.kernel.extensions import db
from obcms.ledger.access import find_line
from obcms.ledger.models import (
    BudgetLine,
    FundBalance,
    FundEntry,
    FundMovement,
    LedgerPeriod,
    Obligation,
)
from obcms.ledger.post import post_entry
from obcms.ledger.reads.statement import Authorization, fund_status
from obcms.ledger.rules.choices import CostStructure, EntryKind, MovementKind, PaymentMode
from obcms.ledger.rules.columns import Columns
from obcms.ppas.rules.choices import AppropriationClass

pytestmark = pytest.mark.usefixtures("demo")


def test_what_is_made_up_is_marked_and_the_acts_own_is_not() -> None:
    own = select(FundEntry.id).where(
        FundEntry.is_illustration.is_(False), FundEntry.reference != "BAA 65"
    )
    assert db.session.scalars(own).all() == []
    made_up = select(FundEntry.id).where(FundEntry.is_illustration, FundEntry.reference == "BAA 65")
    assert db.session.scalars(made_up).all() == []


def test_it_has_the_daily_oddities() -> None:
    kinds = Counter(db.session.scalars(select(FundEntry.kind)))
    assert kinds[EntryKind.OBLIGATION_ADJUSTMENT] == 1
    assert kinds[EntryKind.LIQUIDATION] == 1
    assert kinds[EntryKind.DISBURSEMENT_ADJUSTMENT] == 2
    modes = set(db.session.scalars(select(FundEntry.mode)))
    assert modes >= {PaymentMode.CHECK, PaymentMode.TRA, PaymentMode.CASH_ADVANCE}
    late = select(FundEntry.reference).where(
        FundEntry.posting_date >= date(2025, 4, 1), FundEntry.document_date <= date(2025, 3, 31)
    )
    assert set(db.session.scalars(late)) == {"DV-2025-03-900001"}
    moved = Counter(db.session.scalars(select(FundMovement.kind)))
    assert moved == {MovementKind.MODIFICATION: 1, MovementKind.TRANSFER: 1}


def test_the_released_fund_is_the_ministrys() -> None:
    titles = select(BudgetLine.id).where(BudgetLine.title == FUND)
    rows = fund_status(2025, date(2025, 12, 31), Authorization.CURRENT, BudgetLine.id.in_(titles))
    fund, own = (row.columns for row in rows)
    assert (fund.transferred_to, fund.adjusted_allotments) == (RELEASED, 0)
    assert (own.transferred_from, own.adjusted_allotments) == (RELEASED, RELEASED)


def test_its_statement_ties_and_its_third_quarter_is_closed() -> None:
    total = sum(
        (row.columns for row in fund_status(2025, date(2025, 12, 31), Authorization.CURRENT)),
        Columns(),
    )
    assert total.authorized == total.adjusted_appropriations == Decimal("94411666856.24")
    assert total.obligations == (total.disbursements + total.due_and_demandable + total.not_yet_due)
    quarters = [getattr(total, f"obligations_q{number}") for number in (1, 2, 3, 4)]
    assert all(amount > 0 for amount in quarters)
    assert db.session.scalar(select(LedgerPeriod.closed_through)) == date(2025, 9, 30)


def test_a_day_after_the_last_nothing_is_obligated_but_what_is_owed_is_paid() -> None:
    query = (
        select(Obligation.id, FundBalance.line_id, Obligation.payable - Obligation.disbursed)
        .join(Obligation.balance)
        .join(FundBalance.line)
        .where(
            BudgetLine.cost_structure == CostStructure.GAS,
            FundBalance.appropriation_class == AppropriationClass.MOOE,
            Obligation.payable > Obligation.disbursed,
        )
        .limit(1)
    )
    obligation, number, owed = db.session.execute(query).one()
    line = find_line(MFBM, number)
    said = {
        "appropriation_class": "mooe",
        "amount": owed,
        "entry_date": date(2026, 1, 1),
        "reference": "NEW-YEAR-1",
        "payee": "Sarimanok Trading",
    }
    with pytest.raises(Invalid, match=r"BAA 65, MOOE: the last day to obligate was 31 Dec 2025"):
        post_entry(MFBM, line, said | {"kind": "obligation"})
    in_time = post_entry(
        MFBM,
        line,
        said | {"kind": "obligation", "amount": "1.00", "entry_date": date(2025, 12, 31)},
    )
    assert in_time.id
    paid = post_entry(
        MFBM, line, said | {"kind": "disbursement", "obligation_id": obligation, "mode": "ada"}
    )
    assert paid.amount == owed
