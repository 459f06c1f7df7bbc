"""A cancelled item may have cost more than it had, and what it cost always counts (SPEC 5)."""

from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest
from flask import Flask

from obcms.budget import distribution
from obcms.budget.proposal import Request
from obcms.kernel.errors import Invalid
from obcms.kernel.extensions import db
from obcms.kernel.permissions import SYSTEM
from obcms.spending.expenditures import NewExpenditure, post_expenditure
from obcms.work.models import WorkItem
from obcms.work.rules.choices import DistributionMethod, WorkStatus
from obcms.work.sync import sync_ppa
from obcms.work.work_items import cancel_item, create_item, edit_item
from tests.support.factories import make_ppa, track


def bill(item: WorkItem, amount: str) -> None:
    post_expenditure(SYSTEM, item, NewExpenditure(date(2025, 2, 3), Decimal(amount), "Bill"))


@pytest.fixture
def tree(app: Flask) -> SimpleNamespace:
    """₱100 to a part, of which ₱60 and ₱40 to its two tasks; the whole PPA is distributed."""
    ppa = make_ppa("100.00")
    root = track(ppa, "minimal")["root"]
    part = db.session.query(WorkItem).filter_by(parent_id=root.id).one()
    edit_item(SYSTEM, part, {"work_type": "activity", "allocated_budget": "100.00"})
    task = {"work_type": "task"}
    one = create_item(SYSTEM, part, task | {"title": "One", "allocated_budget": "60.00"})
    two = create_item(SYSTEM, part, task | {"title": "Two", "allocated_budget": "40.00"})
    return SimpleNamespace(ppa=ppa, root=root, part=part, one=one, two=two)


def over(item: WorkItem) -> Decimal:
    return (item.distributed or Decimal(0)) - item.allocated_budget


def test_an_overspent_item_can_be_cancelled(tree) -> None:
    bill(tree.one, "80.00")
    cancel_item(SYSTEM, tree.one)
    assert tree.one.status is WorkStatus.CANCELLED
    assert (tree.part.distributed, over(tree.part)) == (Decimal(120), Decimal(20))


@pytest.mark.parametrize("field", ["status", "cancelled"])
def test_an_overspent_item_can_be_cancelled_by_its_form(tree, field: str) -> None:
    bill(tree.one, "80.00")
    if field == "status":
        edit_item(SYSTEM, tree.one, {"status": "cancelled"})
    else:
        tree.one.status = WorkStatus.CANCELLED
        db.session.flush()
    assert over(tree.part) == 20


def test_a_late_bill_on_a_cancelled_item_is_posted(tree) -> None:
    bill(tree.one, "60.00")
    cancel_item(SYSTEM, tree.one)
    bill(tree.one, "7.50")
    assert over(tree.part) == Decimal("7.50")
    bill(tree.one, "0.01")
    assert over(tree.part) == Decimal("7.51")


def test_a_late_bill_below_a_cancelled_item_is_posted(tree) -> None:
    below = create_item(SYSTEM, tree.one, {"work_type": "subtask", "title": "Below"})
    bill(below, "60.00")
    cancel_item(SYSTEM, tree.one)
    bill(below, "5.00")
    assert over(tree.part) == 5


def test_it_goes_up_through_an_item_without_a_budget_of_its_own(tree) -> None:
    edit_item(SYSTEM, tree.part, {"allocated_budget": None})
    bill(tree.one, "80.00")
    cancel_item(SYSTEM, tree.one)
    assert (tree.part.effective_allocation, over(tree.root)) == (Decimal(120), Decimal(20))
    assert tree.ppa.over_distributed == 20
    bill(tree.one, "1.00")
    assert tree.ppa.over_distributed == 21


def test_a_parent_whose_items_are_all_cancelled_may_leave_the_one_above_over(tree) -> None:
    other = create_item(
        SYSTEM, tree.root, {"work_type": "task", "title": "Other", "allocated_budget": "0.00"}
    )
    bill(tree.one, "110.00")
    for item in (tree.one, tree.two):
        cancel_item(SYSTEM, item)
    assert tree.part.status is WorkStatus.CANCELLED
    assert tree.ppa.over_distributed == 10
    with pytest.raises(Invalid, match=r"which is ₱10.01 more"):
        edit_item(SYSTEM, other, {"allocated_budget": "0.01"})


@pytest.mark.parametrize(
    ("name", "amount"), [("two", "40.01"), ("part", "99.99"), ("two", "1000.00")]
)
def test_nothing_makes_it_worse(tree, name: str, amount: str) -> None:
    bill(tree.one, "80.00")
    cancel_item(SYSTEM, tree.one)
    with pytest.raises(Invalid, match="more than its"):
        edit_item(SYSTEM, getattr(tree, name), {"allocated_budget": amount})


def test_nothing_makes_it_worse_after_the_session_forgot(tree) -> None:
    bill(tree.one, "80.00")
    cancel_item(SYSTEM, tree.one)
    db.session.commit()
    tree.part.allocated_budget = Decimal("99.99")
    with pytest.raises(Invalid, match="more than its"):
        db.session.flush()


def test_it_does_not_go_up_past_a_budget_that_is_raised_at_the_same_time(tree) -> None:
    bill(tree.one, "80.00")
    with db.session.no_autoflush:
        tree.part.allocated_budget = Decimal(120)
        tree.one.status = WorkStatus.CANCELLED
    with pytest.raises(Invalid, match=r"more than its ₱100\.00"):
        db.session.flush()


@pytest.mark.parametrize("amount", ["39.99", "20.00", "0.00"])
def test_it_can_be_mended_step_by_step(tree, amount: str) -> None:
    bill(tree.one, "80.00")
    cancel_item(SYSTEM, tree.one)
    edit_item(SYSTEM, tree.two, {"allocated_budget": amount})
    assert over(tree.part) == Decimal(80) + Decimal(amount) - 100


def test_distributing_again_mends_it(tree) -> None:
    bill(tree.one, "80.00")
    cancel_item(SYSTEM, tree.one)
    request = Request(DistributionMethod.EQUAL, parent_id=tree.part.id)
    seen = distribution.preview(SYSTEM, tree.ppa, request)
    distribution.apply(SYSTEM, tree.ppa, request, seen.version)
    assert (tree.two.allocated_budget, over(tree.part)) == (Decimal(20), Decimal(0))


def test_an_item_still_open_gets_no_more_than_there_is(tree) -> None:
    bill(tree.one, "80.00")
    with pytest.raises(Invalid, match=r"which is ₱0.01 more"):
        edit_item(SYSTEM, tree.two, {"allocated_budget": "40.01"})


def test_reopening_what_was_cancelled_finds_its_money_still_there(tree) -> None:
    cancel_item(SYSTEM, tree.one)
    edit_item(SYSTEM, tree.two, {"allocated_budget": "90.00"})
    with pytest.raises(Invalid, match=r"which is ₱50.00 more"):
        edit_item(SYSTEM, tree.one, {"status": "not_started"})


def test_what_is_over_stays_so_in_the_nightly_sync(tree) -> None:
    bill(tree.one, "80.00")
    cancel_item(SYSTEM, tree.one)
    assert not sync_ppa(SYSTEM, tree.ppa)


def test_the_budget_tab_explains_it(tree, people, sign_in_as) -> None:
    bill(tree.one, "80.00")
    cancel_item(SYSTEM, tree.one)
    ppa_id = tree.ppa.id
    db.session.commit()
    auditor = sign_in_as(people.coa_auditor)
    page = " ".join(auditor.get(f"/admin/ppa/{ppa_id}/budget").text.split())
    assert "“One” was cancelled after" in page
    assert "₱20.00</span> more than it had" in page
    assert "Over-distributed" in auditor.get("/admin/").text
