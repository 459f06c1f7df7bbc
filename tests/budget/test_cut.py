"""Only a cut by law leaves a tree over-distributed, and nothing makes it worse (SPEC 5)."""

from decimal import Decimal

import pytest

from obcms.approval.amendments import cut_allocation
from obcms.budget import distribution
from obcms.budget.proposal import Request
from obcms.kernel.errors import Forbidden, Invalid
from obcms.kernel.extensions import db
from obcms.kernel.permissions import SYSTEM
from obcms.people.models import User
from obcms.ppas.rules.choices import ApprovalStatus
from obcms.work import work_items
from obcms.work.rules.choices import DistributionMethod
from tests.support.factories import make_ppa, track

pytestmark = pytest.mark.usefixtures("app")


def test_an_ordinary_edit_cannot_go_below_what_is_distributed() -> None:
    ppa = make_ppa()
    track(ppa)
    ppa.budget_allocation = Decimal("999999.99")
    with pytest.raises(Invalid, match=r"₱0\.01 more than its ₱999,999\.99"):
        db.session.flush()


def test_a_cut_stays_over_until_less_is_distributed(people) -> None:
    ppa = make_ppa(approval_status=ApprovalStatus.APPROVED)
    items = track(ppa)
    analyst = db.session.get_one(User, people.mfbm_analyst)
    cut_allocation(analyst, ppa, Decimal("900000.00"), "BAA 90, section 5")
    assert ppa.over_distributed == Decimal("100000.00")
    assert items["root"].allocated_budget == Decimal("900000.00")
    db.session.commit()
    with pytest.raises(Invalid, match="more than its"):
        work_items.create_item(
            SYSTEM, items["root"], {"title": "More", "allocated_budget": Decimal(1)}
        )
    db.session.rollback()
    work_items.edit_item(SYSTEM, items["Resources"], {"progress": Decimal(10)})
    assert ppa.over_distributed == Decimal("100000.00")
    request = Request(DistributionMethod.PROPORTIONAL, cascade=True)
    version = distribution.preview(SYSTEM, ppa, request).version
    distribution.apply(SYSTEM, ppa, request, version)
    assert ppa.over_distributed == 0
    assert items["root"].distributed == Decimal("900000.00")


def test_only_mfbm_cuts_and_says_why(people) -> None:
    ppa = make_ppa(approval_status=ApprovalStatus.APPROVED)
    track(ppa)
    for other in (people.moa_head, people.administrator):
        with pytest.raises(Forbidden, match="Your role does not allow this"):
            cut_allocation(db.session.get_one(User, other), ppa, Decimal(5), "No reason")
    analyst = db.session.get_one(User, people.mfbm_analyst)
    with pytest.raises(Invalid, match="by which law"):
        cut_allocation(analyst, ppa, Decimal(5), " ")
    with pytest.raises(Invalid, match="less than the present"):
        cut_allocation(analyst, ppa, Decimal("1000000.00"), "BAA 90")
    cut_allocation(analyst, ppa, Decimal(5), "BAA 90")
    assert ppa.allocation_note == "BAA 90"


def test_the_execution_projects_budget_is_the_ppas() -> None:
    ppa = make_ppa()
    root = track(ppa)["root"]
    db.session.commit()
    root.allocated_budget = Decimal(7)
    with pytest.raises(Invalid, match="Change it there"):
        db.session.flush()
    db.session.rollback()
    ppa.budget_allocation = Decimal("1500000.00")
    db.session.flush()
    assert root.allocated_budget == Decimal("1500000.00")


@pytest.mark.parametrize("status", [ApprovalStatus.DRAFT, ApprovalStatus.BUDGET_REVIEW])
def test_what_is_not_approved_is_not_cut(people, sign_in_as, status) -> None:
    """A cut belongs to what is approved; a draft is edited by its ministry."""
    ppa = make_ppa(approval_status=status)
    if status is ApprovalStatus.DRAFT:
        track(ppa)
    db.session.commit()
    analyst = db.session.get_one(User, people.mfbm_analyst)
    with pytest.raises(Invalid, match=r"is not approved yet\. Its ministry edits it"):
        cut_allocation(analyst, ppa, Decimal(5), "BAA 90")
    client, page = sign_in_as(people.mfbm_analyst), f"/admin/ppa/{ppa.id}"
    assert 'data-dialog="cut"' not in client.get(f"{page}/budget").text
    client.post(f"{page}/cut", data={"amount": "5", "reason": "BAA 90"})
    db.session.expire_all()
    assert ppa.budget_allocation == Decimal("1000000.00")


def test_the_screen_offers_to_cut_what_is_approved(people, sign_in_as) -> None:
    ppa = make_ppa(approval_status=ApprovalStatus.APPROVED)
    track(ppa)
    db.session.commit()
    page = sign_in_as(people.mfbm_analyst).get(f"/admin/ppa/{ppa.id}/budget").text
    assert 'data-dialog="cut"' in page


@pytest.mark.parametrize("amount", ["5.001", "NaN", "Infinity", "-1", "1E-3"])
def test_a_cut_to_no_amount_of_money_is_refused(people, amount) -> None:
    ppa = make_ppa(approval_status=ApprovalStatus.APPROVED)
    analyst = db.session.get_one(User, people.mfbm_analyst)
    with pytest.raises(Invalid) as refused:
        cut_allocation(analyst, ppa, Decimal(amount), "BAA 90")
    assert refused.value.problems[0].pointer == "amount"
