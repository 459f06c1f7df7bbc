"""After approval title, amounts and dates change only through MFBM with a reason (SPEC 6, 7)."""

from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest
from flask import Flask
from sqlalchemy import select

from obcms.approval.amendments import AMENDABLE, amend_ppa, cut_allocation
from obcms.approval.models import Amendment
from obcms.approval.rules.choices import AmendmentKind
from obcms.kernel.errors import Conflict, Forbidden, Invalid
from obcms.kernel.extensions import db
from obcms.kernel.records.opened import fingerprints
from obcms.people.models import User
from obcms.ppas.models import PPA
from obcms.ppas.rules.choices import AppropriationClass, ApprovalStatus
from tests.support.factories import make_ppa

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
