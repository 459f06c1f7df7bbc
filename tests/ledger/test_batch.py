"""Many entries posted at once meet the checks that one meets, in a constant number of queries."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select

from obcms.kernel.errors import Forbidden, Invalid
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Role, SystemActor
from obcms.ledger.batch import Batch
from obcms.ledger.draft import Draft
from obcms.ledger.models import BudgetLine, FundBalance, FundEntry, Obligation
from obcms.ledger.quarters import close_quarter
from obcms.ledger.requests import new_request
from obcms.ledger.rules.choices import EntryKind, FundCluster, PaymentMode
from obcms.ledger.rules.quarters import Quarter
from obcms.ppas.rules.choices import AppropriationClass
from tests.ledger.lines import MFBM, make_act, make_line

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def line(app: Flask) -> BudgetLine:
    return make_line(make_act())


def draft(line: BudgetLine, kind: EntryKind, amount: str, **values: object) -> Draft:
    on = values.pop("on", date(2025, 3, 3))
    return Draft(
        line=line,
        appropriation_class=AppropriationClass.MOOE,
        fund_cluster=FundCluster.REGULAR,
        kind=kind,
        amount=Decimal(amount),
        posting_date=on,
        document_date=on,
        **{"more": {"mode": None, "payee": "Sarimanok Trading"}} | values,
    )


def ors(batch: Batch, line: BudgetLine, number: str) -> Obligation:
    balance = next(one for one in batch.held.values() if one.line_id == line.id)
    return new_request(balance, number, "Sarimanok Trading", "", date(2025, 3, 3))


def begin(*lines: BudgetLine, actor: SystemActor = MFBM) -> Batch:
    key = AppropriationClass.MOOE, FundCluster.REGULAR
    return Batch(actor, [(line.id, *key) for line in lines])


def paid(batch: Batch, line: BudgetLine, amount: str, number: str) -> Iterable[Draft]:
    of = ors(batch, line, number)
    for kind in (EntryKind.OBLIGATION, EntryKind.PAYABLE, EntryKind.DISBURSEMENT):
        yield draft(line, kind, amount, obligation=of)


def test_all_are_posted_in_order(line: BudgetLine) -> None:
    batch = begin(line)
    batch.extend(paid(batch, line, "400.00", "1"))
    batch.extend(paid(batch, line, "600.00", "2"))
    posted = batch.post()
    amounts = [db.session.get_one(FundEntry, number).amount for number in posted]
    assert amounts == [Decimal("400.00")] * 3 + [Decimal("600.00")] * 3
    [balance] = db.session.scalars(select(FundBalance))
    assert (balance.obligated, balance.disbursed) == (Decimal("1000.00"), Decimal("1000.00"))


def test_one_that_does_not_fit_stops_all_and_names_what_is_free(line: BudgetLine) -> None:
    batch = begin(line)
    batch.extend(paid(batch, line, "400.00", "1"))
    batch.extend(paid(batch, line, "600.01", "2"))
    with pytest.raises(Invalid, match=r"Only ₱1,000\.00 of the allotment is unobligated"):
        batch.post()


def test_what_a_later_one_refers_to_is_posted_before_it(line: BudgetLine) -> None:
    batch = begin(line)
    batch.extend(paid(batch, line, "400.00", "1"))
    taken = batch.entry(2)
    obligation = db.session.get_one(Obligation, taken.obligation_id)
    back = draft(line, EntryKind.DISBURSEMENT_ADJUSTMENT, "-400.01")
    batch.add(back.but(disbursement=taken, obligation=obligation))
    with pytest.raises(Invalid, match=r"Only ₱400\.00 of the disbursement can still be taken back"):
        batch.post()


def test_role_dates_closed_quarters_and_last_days_are_asked_for_each(line: BudgetLine) -> None:
    allotment = draft(line, EntryKind.ALLOTMENT, "1.00")
    with pytest.raises(Forbidden, match="only MFBM posts allotment entries"):
        begin(line, actor=SystemActor(role=Role.VIEWER)).add(allotment)
    with pytest.raises(Invalid, match="in the future"):
        begin(line).add(draft(line, EntryKind.ALLOTMENT, "1.00", on=date(2094, 1, 4)))
    of_the_year = make_line(line.act, cost_structure="gas")
    late = draft(of_the_year, EntryKind.OBLIGATION, "1.00", on=date(2026, 1, 1))
    with pytest.raises(Invalid, match=r"BAA .*, MOOE: the last day to obligate was 31 Dec 2025"):
        begin(of_the_year).add(late)
    close_quarter(MFBM, Quarter(2025, 1))
    with pytest.raises(Invalid, match="first quarter of 2025 is closed"):
        begin(line).add(allotment)


def test_a_second_cash_advance_is_refused_within_the_batch(line: BudgetLine) -> None:
    advance = {"mode": PaymentMode.CASH_ADVANCE, "payee": "R. Ali", "reference": "DV-1"}
    batch = begin(line)
    for number in ("1", "2"):
        first, due, pay = paid(batch, line, "100.00", number)
        batch.extend([first, due])
        if number == "1":
            batch.add(pay.but(more=advance))
    with pytest.raises(Invalid, match=r"R\. Ali has not liquidated the cash advance DV-1"):
        batch.add(pay.but(more=advance))


def test_queries_do_not_grow_with_entries(app: Flask, count_queries) -> None:
    act = make_act()
    counts = []
    for size in (2, 12):
        lines = [make_line(act) for _ in range(size)]
        with count_queries() as sent:
            batch = begin(*lines)
            for line in lines:
                batch.extend(paid(batch, line, "10.00", "1"))
            batch.post()
        counts.append(len(sent))
    assert counts[1] <= counts[0] + 1, counts
    assert len(db.session.scalars(select(FundEntry.id)).all()) == 14 * 5
