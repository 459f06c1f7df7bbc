"""What an import posted is voided as one act, or not at all (SPEC 6, 13)."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from obcms.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Role, SystemActor
from obcms.ledger.models import BudgetLine, FundBalance, FundEntry, Obligation
from obcms.ledger.post import post_entry
from obcms.ledger.quarters import close_quarter
from obcms.ledger.rules.quarters import Quarter
from obcms.ledger.void import void_entry
from obcms.ledger.void_batch import void_batch
from tests.ledger.lines import MFBM, entry, make_act, make_line, staff

pytestmark = pytest.mark.usefixtures("app")
ACCEPTED = {"acceptance_number": "IAR 1", "acceptance_date": date(2025, 3, 1)}


@pytest.fixture
def line(app: Flask) -> BudgetLine:
    return make_line(make_act())


def post(line: BudgetLine, kind: str, amount: str, **values: object) -> FundEntry:
    return post_entry(MFBM, line, entry(kind, amount, **{"payee": "Kalilintad", **values}))


def paid(line: BudgetLine, amount: str) -> list[FundEntry]:
    """An obligation with a payment, whose payable is posted along."""
    first = post(line, "obligation", amount)
    more = {"obligation_id": first.obligation_id, "mode": "check", "with_payable": True}
    payment = post(line, "disbursement", amount, **more)
    along = select(FundEntry).where(FundEntry.posted_with_id == payment.id)
    return [first, payment, db.session.scalars(along).one()]


def void(entries: Sequence[FundEntry], actor=MFBM) -> list[FundEntry]:
    numbers = void_batch(actor, [one.id for one in entries], "The wrong file")
    return [db.session.get_one(FundEntry, number) for number in numbers]


def refusal(entries: Sequence[FundEntry]) -> str:
    with pytest.raises(Conflict) as told:
        void(entries)
    kept = select(FundEntry.id).where(FundEntry.voids_id.in_([one.id for one in entries]))
    assert len(db.session.scalars(kept).all()) <= 1
    return str(told.value)


def test_all_is_taken_back_together_and_named_by_its_void(line: BudgetLine) -> None:
    entries = [*paid(line, "400.00"), *paid(line, "600.00")]
    voids = void(entries)
    assert {one.voids_id: one.amount for one in voids} == {one.id: -one.amount for one in entries}
    assert {one.void_reason for one in voids} == {"The wrong file"}
    assert [one.posting_date for one in voids] == [date(2025, 3, 3)] * 6
    along = {one.voids_id: one.posted_with_id for one in voids if one.posted_with_id}
    by_voided = {one.voids_id: one.id for one in voids}
    assert along == {entries[n].id: by_voided[entries[n - 1].id] for n in (2, 5)}
    balance = db.session.scalars(select(FundBalance)).one()
    assert (balance.obligated, balance.payable, balance.disbursed, balance.allotted) == (
        0,
        0,
        0,
        1000,
    )
    assert [one.is_void for one in db.session.scalars(select(Obligation))] == [True, True]


def test_what_a_closed_quarter_holds_is_voided_in_the_open_one(line: BudgetLine) -> None:
    entries = paid(line, "400.00")
    close_quarter(MFBM, Quarter(2025, 1))
    with time_machine.travel(datetime(2025, 5, 5, 2, tzinfo=UTC), tick=False):
        entries += [post(line, "obligation", "5.00", entry_date=date(2025, 4, 7))]
        days = [(one.posting_date, one.document_date) for one in void(entries)]
    today, open_day = (date(2025, 5, 5),) * 2, (date(2025, 4, 7),) * 2
    assert days == [today, today, today, open_day]


def test_what_stands_on_it_later_is_named_with_its_amount(line: BudgetLine) -> None:
    first = post(line, "obligation", "400.00")
    more = {"obligation_id": first.obligation_id, "reference": "IAR-3", **ACCEPTED}
    due = post(line, "payable", "150.00", **more)
    assert "payable IAR-3 of 3 Mar 2025, ₱150.00" in refusal([first])
    void_entry(MFBM, due, "Not accepted")
    assert [one.amount for one in void([first])] == [Decimal("-400.00")]


def test_what_breaks_no_limit_still_stands_on_it(line: BudgetLine) -> None:
    first = post(line, "obligation", "400.00")
    more = {"obligation_id": first.obligation_id, "reference": "NORSA 7"}
    post(line, "obligation_adjustment", "50.00", **more)
    assert "later entries stand on it: " in (told := refusal([first]))
    assert "NORSA 7 of 3 Mar 2025, ₱50.00" in told


def test_a_refund_of_its_payment_is_named(line: BudgetLine) -> None:
    entries = paid(line, "400.00")
    more = {"disbursement_id": entries[1].id, "reference": "OR 9"}
    post(line, "disbursement_adjustment", "-50.00", **more)
    assert "OR 9 of 3 Mar 2025, −₱50.00" in refusal(entries)


def test_money_that_was_used_since_is_named_with_who_used_it(line: BudgetLine) -> None:
    post(line, "obligation", "1000.00", reference="ORS 1")
    older = db.session.scalars(select(Obligation)).one()
    norsa = {"obligation_id": older.id, "reference": "NORSA 1"}
    freed = post(line, "obligation_adjustment", "-300.00", **norsa)
    post(line, "obligation", "200.00", reference="ORS 2", entry_date=date(2025, 3, 5))
    told = refusal([freed])
    assert "Only ₱100.00 of the allotment is unobligated on 3 Mar 2025" in told
    assert "obligation ORS 2 of 5 Mar 2025, ₱200.00" in told
    assert "ORS 1" not in told


def test_what_was_voided_by_hand_keeps_the_rest(line: BudgetLine) -> None:
    first, second = post(line, "obligation", "1.00"), post(line, "obligation", "2.00")
    void_entry(MFBM, second, "Entered twice")
    told = refusal([first, second])
    assert f"voided already: obligation {second.reference} of 3 Mar 2025, ₱2.00" in told


def test_the_limits_are_walked_once_with_all_of_them(line: BudgetLine) -> None:
    """Each alone would leave more due than obligated."""
    first = post(line, "obligation", "400.00")
    more = {"obligation_id": first.obligation_id, **ACCEPTED}
    entries = [first, post(line, "payable", "150.00", **more)]
    assert len(void(entries)) == 2


def test_who_may_not_post_it_may_not_void_it_and_a_reason_is_asked(
    line: BudgetLine, people
) -> None:
    entries = paid(line, "400.00")
    with pytest.raises(Invalid, match="Say why"):
        void_batch(MFBM, [one.id for one in entries], " ")
    with pytest.raises(Forbidden, match="its ministry and MFBM post"):
        void(entries, SystemActor(role=Role.VIEWER))
    with pytest.raises(NotFound, match="no such budget line"):
        void(entries, staff(people, "outsider"))
    assert len(void(entries, staff(people))) == 3
