"""After approval title, amounts and dates change only through MFBM with a reason (SPEC 6, 7)."""

from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest
from flask import Flask
from sqlalchemy import select

from obcms.approval import amendments
from obcms.approval.amendments import (
    AMENDABLE,
    amend_ppa,
    cut_allocation,
    may_realign,
    realign,
)
from obcms.approval.models import Amendment
from obcms.approval.rules.choices import AmendmentKind
from obcms.kernel.errors import Conflict, Forbidden, Invalid
from obcms.kernel.extensions import db
from obcms.kernel.records.opened import fingerprints
from obcms.people.models import User
from obcms.ppas.access import lock_ppa
from obcms.ppas.models import PPA
from obcms.ppas.rules.choices import AppropriationClass, ApprovalStatus
from tests.support.factories import make_ppa, track

APPROVED = ApprovalStatus.APPROVED
FIELDS = [
    ("title", "Another title"),
    ("budget_ceiling", Decimal("2000000.00")),
    ("budget_allocation", Decimal("999999.99")),
    ("obc_share", Decimal("1.00")),
    ("start_date", date(2031, 2, 1)),
    ("target_end_date", date(2031, 11, 1)),
]
APPROPRIATION = [
    ("code", "MOH-2031-999"),
    ("fiscal_year", 2032),
    ("appropriation_class", AppropriationClass.CO),
]


def user(people: SimpleNamespace, name: str) -> User:
    return db.session.get_one(User, getattr(people, name))


def approved(**values: object) -> PPA:
    ppa = make_ppa(
        approval_status=APPROVED, **{"appropriation_class": AppropriationClass.MOOE} | values
    )
    db.session.commit()
    return ppa


@pytest.mark.parametrize("status", [APPROVED, ApprovalStatus.ENACTED])
@pytest.mark.parametrize(("name", "value"), [*FIELDS, *APPROPRIATION])
def test_a_plain_change_is_refused(app: Flask, status, name: str, value: object) -> None:
    ppa = make_ppa(approval_status=status)
    db.session.commit()
    before = getattr(ppa, name)
    setattr(ppa, name, value)
    with pytest.raises(Invalid, match=r"is approved, so its .* can only be changed by MFBM"):
        db.session.commit()
    db.session.rollback()
    assert getattr(ppa, name) == before


def test_before_approval_and_other_fields_are_free(app: Flask) -> None:
    ppa = make_ppa()
    ppa.title = "Another title"
    db.session.commit()
    other = approved()
    other.remarks, other.actual_end_date = "Finished early", date(2031, 11, 2)
    db.session.commit()


@pytest.mark.parametrize(("name", "value"), FIELDS)
def test_mfbm_changes_it_with_a_reason(app: Flask, people, name: str, value: object) -> None:
    ppa = approved()
    analyst = user(people, "mfbm_analyst")
    with pytest.raises(Invalid, match="Give the reason"):
        amend_ppa(analyst, ppa, {name: value}, " ")
    amendment = amend_ppa(analyst, ppa, {name: value}, "BAA 90, section 5")
    db.session.commit()
    assert getattr(ppa, name) == value
    assert (amendment.kind, amendment.made_by_id) == (AmendmentKind.AMENDMENT, analyst.id)
    assert set(amendment.changes) == {name}


@pytest.mark.parametrize("name", ["moa_head", "oobc_staff", "executive", "administrator"])
def test_nobody_else_does(app: Flask, people, name: str) -> None:
    ppa = approved()
    with pytest.raises(Forbidden, match="Your role does not allow this"):
        amend_ppa(user(people, name), ppa, {"title": "Other"}, "BAA 90")


def test_a_stale_amendment_is_a_conflict(app: Flask, people) -> None:
    ppa = approved()
    seen = fingerprints(ppa, AMENDABLE)
    amend_ppa(user(people, "mfbm_analyst"), ppa, {"title": "First"}, "BAA 90", seen)
    db.session.commit()
    with pytest.raises(Conflict, match=r"changed Title from .* to “First”"):
        amend_ppa(user(people, "mfbm_analyst"), ppa, {"title": "Second"}, "BAA 90", seen)


def test_other_fields_and_no_change_are_refused(app: Flask, people) -> None:
    ppa = approved()
    analyst = user(people, "mfbm_analyst")
    with pytest.raises(Invalid, match="An amendment has no such field to edit"):
        amend_ppa(analyst, ppa, {"remarks": "Fine"}, "BAA 90")
    with pytest.raises(Invalid, match="Nothing was changed"):
        amend_ppa(analyst, ppa, {"title": ppa.title}, "BAA 90")
    with pytest.raises(Invalid, match="not approved yet"):
        amend_ppa(analyst, make_ppa(), {"title": "Other"}, "BAA 90")


def test_a_cut_of_an_approved_ppa_is_recorded(app: Flask, people) -> None:
    ppa = approved()
    cut_allocation(user(people, "mfbm_analyst"), ppa, Decimal("5.00"), "BAA 90")
    [amendment] = db.session.scalars(select(Amendment))
    assert amendment.kind is AmendmentKind.CUT
    assert amendment.changes == {"budget_allocation": ["1000000.00", "5.00"]}


def test_a_head_realigns_within_a_class_and_mfbm_beyond(app: Flask, people) -> None:
    source, target = approved(), approved(budget_ceiling=Decimal("1500000.00"))
    other_class = approved(appropriation_class=AppropriationClass.CO)
    head, analyst = user(people, "moa_head"), user(people, "mfbm_analyst")
    assert may_realign(head, source, target)
    assert not may_realign(head, source, other_class)
    assert not may_realign(user(people, "moa_staff"), source, target)
    realign(head, source, target, Decimal("400000.01"), "Slow procurement")
    db.session.commit()
    amounts = (source.budget_allocation, target.budget_allocation)
    assert amounts == (Decimal("599999.99"), Decimal("1400000.01"))
    with pytest.raises(Forbidden, match="Your role does not allow this"):
        realign(head, source, other_class, Decimal(1), "Other class")
    db.session.rollback()
    realign(analyst, target, source, Decimal("400000.01"), "Back again")
    assert [one.counterpart_id for one in db.session.scalars(select(Amendment))] == [
        target.id,
        source.id,
        source.id,
        target.id,
    ]


def test_a_realignment_does_not_raise_an_activitys_total(app: Flask, people) -> None:
    source, target = approved(), approved()
    analyst = user(people, "mfbm_analyst")
    with pytest.raises(Invalid, match=r"at most ₱1,000,000\.00"):
        realign(analyst, source, target, Decimal("0.01"), "More")
    db.session.rollback()
    for amount, said in (
        ("0", "must be above zero"),
        ("-5", "must be above zero"),
        ("1000000.01", "has only ₱1,000,000"),
    ):
        with pytest.raises(Invalid, match=said):
            realign(analyst, source, target, Decimal(amount), "Odd")
    with pytest.raises(Invalid, match="another PPA"):
        realign(analyst, source, source, Decimal(1), "Odd")


def test_money_that_is_distributed_cannot_be_realigned_away(app: Flask, people) -> None:
    source = make_ppa()
    track(source)
    source.appropriation_class = AppropriationClass.MOOE
    for status in list(ApprovalStatus)[1:6]:
        source.approval_status = status
        db.session.flush()
    target = approved(budget_ceiling=Decimal("1500000.00"))
    with pytest.raises(Invalid, match="more than its"):
        realign(user(people, "mfbm_analyst"), source, target, Decimal(1), "Slow")
    db.session.rollback()
    assert (source.budget_allocation, target.budget_allocation) == (Decimal(1000000),) * 2


def test_what_was_submitted_stays_until_the_ppa_is_returned(app: Flask, people) -> None:
    ppa = make_ppa(approval_status=ApprovalStatus.STAKEHOLDER_CONSULTATION)
    db.session.commit()
    ppa.budget_allocation = Decimal("999999.00")
    with pytest.raises(Invalid, match="its budget allocation cannot change before it is returned"):
        db.session.commit()
    db.session.rollback()
    ppa.approval_status = ApprovalStatus.DRAFT
    db.session.commit()
    ppa.budget_allocation = Decimal("999999.00")
    db.session.commit()


def test_a_head_does_not_undo_a_cut_by_law(app: Flask, people) -> None:
    source, target = approved(), approved(budget_ceiling=Decimal("1500000.00"))
    analyst = user(people, "mfbm_analyst")
    cut_allocation(analyst, target, Decimal("400000.00"), "BAA 90")
    with pytest.raises(Invalid, match=r"at most ₱400,000\.00"):
        realign(user(people, "moa_head"), source, target, Decimal(1), "Back again")
    db.session.rollback()
    amend_ppa(analyst, target, {"budget_allocation": Decimal("500000.00")}, "BAA 91")
    realign(user(people, "moa_head"), source, target, Decimal(1), "The ceiling holds again")
    assert target.budget_allocation == Decimal("500001.00")


def test_what_was_realigned_away_may_come_back(app: Flask, people) -> None:
    source, target = approved(), approved(budget_ceiling=Decimal("1500000.00"))
    head = user(people, "moa_head")
    realign(head, source, target, Decimal(5), "Slow")
    realign(head, target, source, Decimal(5), "Faster")
    with pytest.raises(Invalid, match="at most"):
        realign(head, target, source, Decimal(1), "More than it had")


def test_another_fiscal_year_is_refused(app: Flask, people) -> None:
    source, target = approved(), approved(fiscal_year=2032, budget_ceiling=Decimal("1500000.00"))
    with pytest.raises(Invalid, match="another year"):
        realign(user(people, "mfbm_analyst"), source, target, Decimal(1), "Next year")


def test_two_opposite_realignments_lock_in_one_order(people, monkeypatch) -> None:
    first = approved(budget_ceiling=Decimal("1500000.00"))
    second = approved(budget_ceiling=Decimal("1500000.00"))
    locked: list[int] = []

    def lock(actor: User, ppa: PPA) -> None:
        locked.append(ppa.id)
        lock_ppa(actor, ppa)

    monkeypatch.setattr(amendments, "lock_ppa", lock)
    head = user(people, "moa_head")
    realign(head, first, second, Decimal(5), "Slow")
    realign(head, second, first, Decimal(5), "Faster")
    assert locked == [first.id, second.id] * 2
