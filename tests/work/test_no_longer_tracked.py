"""Disabling tracking takes no money out of anybody's sight, and needs a reason (SPEC 3)."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest
from flask import Flask

from obcms.budget import distribution
from obcms.budget.proposal import Request
from obcms.dashboards.reads import portfolio
from obcms.kernel.db.relations import loaded
from obcms.kernel.errors import Conflict, Invalid
from obcms.kernel.extensions import db
from obcms.kernel.permissions import SYSTEM
from obcms.people.models import User
from obcms.ppas.models import PPA
from obcms.ppas.rules.choices import ApprovalStatus, PPAStatus
from obcms.spending.expenditures import NewExpenditure, post_expenditure, void_expenditure
from obcms.spending.models import Expenditure
from obcms.work import work_items
from obcms.work.duplicate import duplicate_item
from obcms.work.models import WorkItem
from obcms.work.move import move_by_one, move_item
from obcms.work.rules.choices import DistributionMethod
from obcms.work.tracking import disable_tracking, enable_tracking
from tests.api.conftest import ENTRIES
from tests.support.factories import make_ppa, track

PDF = b"%PDF-1.4 receipt"
LINE = NewExpenditure(date(2025, 2, 3), Decimal("1234.50"), "Supplies", "", "", "a.pdf", PDF)
EQUAL = Request(DistributionMethod.EQUAL, cascade=True)
REASON = "Handed over to MAFAR"


@pytest.fixture
def spent_on(app: Flask, people: SimpleNamespace) -> tuple[PPA, WorkItem]:
    """A PPA whose money was spent, no longer tracked."""
    ppa = make_ppa("1000000.00")
    item = track(ppa)["Resources"]
    post_expenditure(SYSTEM, item, LINE)
    distribution.apply(SYSTEM, ppa, EQUAL, distribution.preview(SYSTEM, ppa, EQUAL).version)
    disable_tracking(SYSTEM, ppa, REASON)
    db.session.commit()
    return ppa, item


class TestAReason:
    @pytest.mark.parametrize("reason", ["", "  ", "\u200b", "\u2003\u00a0"])
    def test_is_needed_where_money_is_posted(self, app: Flask, reason: str) -> None:
        ppa = make_ppa()
        post_expenditure(SYSTEM, track(ppa)["Resources"], LINE)
        with pytest.raises(Invalid) as refused:
            disable_tracking(SYSTEM, ppa, reason)
        assert refused.value.problems[0].pointer == "reason"
        assert ppa.enable_workitem_tracking

    def test_is_needed_past_draft(self, app: Flask) -> None:
        ppa = make_ppa()
        track(ppa)
        ppa.approval_status = ApprovalStatus.TECHNICAL_REVIEW
        db.session.flush()
        with pytest.raises(Invalid, match="Say why"):
            disable_tracking(SYSTEM, ppa)

    def test_is_not_needed_for_a_draft_without_money(self, app: Flask) -> None:
        ppa = make_ppa()
        track(ppa)
        disable_tracking(SYSTEM, ppa)
        assert (ppa.is_no_longer_tracked, ppa.tracking_note) == (True, "")

    def test_is_not_needed_once_the_only_line_is_void(self, app: Flask) -> None:
        ppa = make_ppa()
        line = post_expenditure(SYSTEM, track(ppa)["Resources"], LINE)
        void_expenditure(SYSTEM, line, "Twice")
        disable_tracking(SYSTEM, ppa)
        assert ppa.is_no_longer_tracked

    def test_stands_on_the_ppa_until_it_is_tracked_again(
        self, spent_on, sign_in_as, people
    ) -> None:
        ppa_id = spent_on[0].id
        auditor = sign_in_as(people.coa_auditor)
        for tab in ("", "work-items", "budget"):
            page = auditor.get(f"/admin/ppa/{ppa_id}/{tab}").text
            assert "No longer tracked." in page
            assert REASON in page
        again = db.session.get_one(PPA, ppa_id)
        enable_tracking(SYSTEM, again)
        assert again.tracking_note == ""

    def test_is_asked_for_by_the_dialog(self, app, people, sign_in_as) -> None:
        ppa = make_ppa()
        post_expenditure(SYSTEM, track(ppa)["Resources"], LINE)
        db.session.commit()
        staff = sign_in_as(people.moa_staff)
        address = f"/admin/ppa/{ppa.id}/disable"
        assert "the reason stays on record" in staff.get(address).text
        assert "Say why" in staff.post(address, headers={"X-Fragment": "overview"}).text
        assert db.session.get_one(PPA, ppa.id).enable_workitem_tracking
        staff.post(address, data={"reason": REASON})
        db.session.expire_all()
        assert db.session.get_one(PPA, ppa.id).tracking_note == REASON


class TestMoney:
    def test_stays_in_the_portfolios_sum_and_is_marked(self, spent_on, people) -> None:
        auditor = db.session.get_one(User, people.coa_auditor)
        assert portfolio(auditor).spent == portfolio(auditor).spent_untracked == LINE.amount

    def test_and_receipts_stay_readable_on_the_screens(self, spent_on, people, sign_in_as) -> None:
        ppa_id, item_id = (one.id for one in spent_on)
        auditor = sign_in_as(people.coa_auditor)
        page = f"/admin/ppa/{ppa_id}/"
        spending = auditor.get(f"{page}items/{item_id}/spending").text
        assert "₱1,234.50" in spending
        assert "/void" not in spending
        assert "Post an expenditure" not in spending
        assert auditor.get(f"{page}expenditures/1/receipt").data == PDF
        assert "₱1,234.50" in auditor.get(f"{page}work-items").text
        assert "₱1,234.50" in auditor.get(f"{page}budget").text
        assert auditor.get(f"{page}tree.json").json["tree"]["spent_total"] == "1234.50"

    def test_stays_readable_through_the_api(self, spent_on, people, call_as) -> None:
        ppa_id, item_id = (one.id for one in spent_on)
        auditor = call_as(people.coa_auditor)
        tree = auditor.get(f"{ENTRIES}{ppa_id}/budget-allocation-tree/").json
        assert (tree["tracked"], tree["tree"]["spent_total"]) == (False, "1234.50")
        assert auditor.get(f"/api/work-items/{item_id}/").json["tracked"] is False
        listed = auditor.get(f"/api/work-items/?ppa={ppa_id}").json["results"]
        assert {one["tracked"] for one in listed} == {False}
        lines = auditor.get(f"/api/work-items/{item_id}/expenditures/").json["results"]
        assert [line["amount"] for line in lines] == ["1234.50"]

    def test_of_another_ministry_stays_out_of_sight(self, spent_on, people, call_as) -> None:
        ppa_id, item_id = (one.id for one in spent_on)
        outsider = call_as(people.outsider)
        assert outsider.get(f"/api/work-items/{item_id}/").status_code == 404
        assert outsider.get(f"/api/work-items/?ppa={ppa_id}").json["count"] == 0


WRITES: dict[str, Callable[[PPA, WorkItem], object]] = {
    "edit": lambda _ppa, item: work_items.edit_item(SYSTEM, item, {"title": "x"}),
    "create": lambda _ppa, item: work_items.create_item(SYSTEM, item, {"title": "x"}),
    "cancel": lambda _ppa, item: work_items.cancel_item(SYSTEM, item),
    "delete": lambda _ppa, item: work_items.delete_item(SYSTEM, item),
    "duplicate": lambda _ppa, item: duplicate_item(SYSTEM, item, False),
    "move": lambda _ppa, item: move_item(SYSTEM, item, loaded(item, "parent"), 0),
    "nudge": lambda _ppa, item: move_by_one(SYSTEM, item, up=True),
    "post": lambda _ppa, item: post_expenditure(SYSTEM, item, LINE),
    "void": lambda _ppa, _item: void_expenditure(
        SYSTEM, db.session.get_one(Expenditure, 1), "Twice"
    ),
    "distribute": lambda ppa, _item: distribution.apply(SYSTEM, ppa, EQUAL, "x"),
    "undo": lambda ppa, _item: distribution.undo(SYSTEM, distribution.find_batch(ppa, 1)),
}


@pytest.mark.parametrize("write", WRITES)
def test_no_verb_writes_to_the_tree(spent_on, write: str) -> None:
    ppa, item = spent_on
    with pytest.raises(Conflict, match=r"can be read, not changed|since this preview"):
        WRITES[write](ppa, item)


def test_no_request_writes_to_the_tree(spent_on, people, sign_in_as, call_as) -> None:
    ppa, item = spent_on
    staff, client = sign_in_as(people.moa_staff), call_as(people.moa_staff)
    page, one = f"/admin/ppa/{ppa.id}/", f"/api/work-items/{item.id}/"
    line = {"spent_on": "2025-02-03", "amount": "1.00", "description": "Late"}
    answers = [
        client.patch(one, json={"title": "x"}),
        client.delete(one),
        client.post(f"{one}expenditures/", json=line),
        client.post(f"{one}expenditures/1/void/", json={"reason": "Twice"}),
        client.post("/api/work-items/", json={"ppa": ppa.id, "title": "x", "work_type": "task"}),
        client.post(f"{ENTRIES}{ppa.id}/distribute-budget/", json={"method": "equal"}),
        client.post(f"{ENTRIES}{ppa.id}/sync-from-workitem/"),
        staff.post(f"{page}items/{item.id}/spending", data=line, headers={"X-Fragment": "budget"}),
        staff.post(
            f"{page}expenditures/1/void", data={"reason": "x"}, headers={"X-Fragment": "budget"}
        ),
        staff.post(f"{page}items/{item.id}/nudge", data={}, headers={"X-Fragment": "budget"}),
        staff.get(f"{page}items/{item.id}/edit", headers={"X-Fragment": "budget"}),
        staff.post(f"{page}distributions/1/undo", headers={"X-Fragment": "budget"}),
    ]
    assert [answer.status_code for answer in answers] == [409] * len(answers)


def test_the_page_offers_no_change(spent_on, people, sign_in_as) -> None:
    ppa, _ = spent_on
    page = sign_in_as(people.moa_staff).get(f"/admin/ppa/{ppa.id}/work-items").text
    assert "Enable tracking" in page
    for offer in ("Add item", "Distribute budget", "data-row-edit"):
        assert offer not in page


@pytest.mark.parametrize("status", [PPAStatus.COMPLETED, PPAStatus.ON_HOLD, PPAStatus.CANCELLED])
def test_a_kept_tree_is_restored_in_any_status(spent_on, status: PPAStatus) -> None:
    ppa, item = spent_on
    ppa.auto_sync_status = False
    ppa.status = status
    db.session.flush()
    enable_tracking(SYSTEM, ppa)
    assert ppa.has_work_tree
    assert work_items.edit_item(SYSTEM, item, {"title": "On again"}).title == "On again"
