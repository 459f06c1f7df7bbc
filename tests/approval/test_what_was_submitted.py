"""What was submitted stays, and who cancels what was approved (SPEC 4, 7)."""

import json
from decimal import Decimal

import pytest
from flask import Flask

from obcms.approval.amendments import amend_ppa
from obcms.approval.cancellation import cancel_ppa, resume_ppa
from obcms.approval.rules.approved import APPROVED_FIELDS
from obcms.approval.rules.steps import Action
from obcms.kernel.errors import Conflict, Forbidden, Invalid
from obcms.kernel.extensions import db
from obcms.kernel.permissions import SYSTEM
from obcms.ppas.edit import edit_ppa
from obcms.ppas.models import PPA
from obcms.ppas.rules.choices import ApprovalStatus, DeliveryFlag, PPAStatus
from obcms.work.rules.choices import WorkStatus
from obcms.work.work_items import cancel_item, edit_item
from tests.approval.test_steps import user, walk
from tests.support.factories import make_ppa, track

S, A = ApprovalStatus, Action
OTHER = {
    "code": "MOH-2031-999",
    "title": "Another title",
    "category": "oobc_ppa",
    "implementing_moa_id": None,
    "fiscal_year": 2032,
    "appropriation_year": 2032,
    "appropriation_class": "co",
    "funding_source": "oda",
    "funding_source_other": "A donor",
    "budget_ceiling": Decimal("90000000.00"),
    "budget_allocation": Decimal("5.00"),
    "obc_share": Decimal("1.00"),
    "start_date": "2031-02-01",
    "target_end_date": "2031-11-01",
}


def drafted() -> PPA:
    ppa = make_ppa(milestones=[], supporting_organizations=[])
    db.session.commit()
    return ppa


@pytest.mark.parametrize("name", APPROVED_FIELDS)
@pytest.mark.parametrize("stage", [S.TECHNICAL_REVIEW, S.EXECUTIVE_APPROVAL, S.ENACTED, S.REJECTED])
def test_each_approved_field_is_frozen_at_every_stage(app, people, stage, name: str) -> None:
    ppa = make_ppa(
        approval_status=stage,
        category="oobc_ppa",
        funding_source="other",
        funding_source_other="Zakat",
        obc_share=Decimal(2),
    )
    other = dict(OTHER)
    if name == "category":
        other["category"] = "obc_request"
    db.session.commit()
    with pytest.raises(Invalid) as refused:
        edit_ppa(user(people, "oobc_staff"), ppa, {name: other[name]})
    assert APPROVED_FIELDS[name] in str(refused.value)
    db.session.rollback()
    edit_ppa(user(people, "oobc_staff"), ppa, {"remarks": "Still kept up to date."})
    edit_ppa(user(people, "oobc_staff"), ppa, {"milestones": [{"title": "Opening"}]})


def test_by_patch_and_by_form_what_was_submitted_stays(app, people, call_as, sign_in_as) -> None:
    ppa = drafted()
    walk(people, ppa, 1)
    client = call_as(people.moa_staff)
    path = f"/api/monitoring/entries/{ppa.id}/"
    answer = client.patch(path, json={"title": "Another", "budget_allocation": "90000000.00"})
    assert answer.status_code == 422
    assert {one["pointer"] for one in answer.json["problems"]} == {"/title", "/budget_allocation"}
    form = sign_in_as(people.moa_staff).get(f"/admin/ppa/edit/?id={ppa.id}").text
    assert 'name="title"' not in form
    assert client.get(path).json["title"] == ppa.title


def test_the_ministry_cannot_cancel_what_was_enacted(app, people, call_as) -> None:
    ppa = drafted()
    walk(people, ppa, 6)
    path = f"/api/monitoring/entries/{ppa.id}/"
    answer = call_as(people.moa_head).patch(path, json={"status": "cancelled"})
    assert answer.status_code == 422
    assert "only MFBM or the executive cancels it" in answer.text
    refused = call_as(people.moa_head).post(f"{path}cancel/", json={"reason": "We stop."})
    assert refused.status_code == 403
    done = call_as(people.executive).post(f"{path}cancel/", json={"reason": "Memorandum 12"})
    assert (done.status_code, done.json["status"]) == (200, "cancelled")
    again = call_as(people.executive).post(f"{path}cancel/", json={"reason": "Memorandum 12"})
    assert again.status_code == 409
    back = call_as(people.moa_head).patch(path, json={"status": "ongoing"})
    assert back.status_code == 422
    resumed = call_as(people.mfbm_analyst).post(f"{path}resume/", json={"reason": "Memorandum 13"})
    assert resumed.json["status"] == "ongoing"


def test_cancelling_needs_a_reason_and_an_approval(app, people) -> None:
    ppa = drafted()
    analyst = user(people, "mfbm_analyst")
    with pytest.raises(Conflict, match="is not approved"):
        cancel_ppa(analyst, ppa, "Why")
    walk(people, ppa, 5)
    with pytest.raises(Invalid, match="reason"):
        cancel_ppa(analyst, ppa, "  ")
    db.session.rollback()
    with pytest.raises(Forbidden, match="Your role does not allow this"):
        cancel_ppa(user(people, "oobc_staff"), ppa, "Why")
    with pytest.raises(Conflict, match="is not cancelled"):
        resume_ppa(analyst, ppa, "Why")
    made = cancel_ppa(analyst, ppa, "Memorandum 12")
    assert made.changes == {"status": ["planning", "cancelled"]}
    assert ppa.status is PPAStatus.CANCELLED


def test_cancelling_all_work_asks_mfbm_instead_of_cancelling(app, people) -> None:
    ppa = drafted()
    items = track(ppa)
    walk(people, ppa, 6)
    cancel_item(user(people, "moa_head"), items["root"])
    db.session.commit()
    assert (ppa.status, ppa.delivery_flag) == (PPAStatus.ONGOING, DeliveryFlag.ALL_CANCELLED)
    cancel_ppa(user(people, "mfbm_analyst"), ppa, "Memorandum 12")
    db.session.commit()
    assert (ppa.status, ppa.delivery_flag) == (PPAStatus.CANCELLED, None)
    edit_item(SYSTEM, items["root"], {"status": WorkStatus.IN_PROGRESS})
    db.session.commit()
    assert ppa.status is PPAStatus.CANCELLED


def test_a_draft_follows_its_cancelled_work(app: Flask, people) -> None:
    ppa = drafted()
    items = track(ppa)
    cancel_item(user(people, "moa_head"), items["root"])
    db.session.commit()
    assert (ppa.status, ppa.delivery_flag) == (PPAStatus.CANCELLED, None)


def test_an_import_row_that_would_change_it_is_refused(app: Flask, people, tmp_path) -> None:
    ppa = drafted()
    walk(people, ppa, 1)
    file = tmp_path / "list.csv"
    file.write_text(f"Code,Title,Amount\n{ppa.code},Another title,90000000.00\n")
    arguments = ["ppa", "import", str(file), "--json", "--valid-rows-only"]
    result = app.test_cli_runner().invoke(args=arguments)
    (refused,) = json.loads(result.stdout)["refused"]
    assert "its title cannot change" in refused["reason"]
    assert "its budget allocation cannot change" in refused["reason"]
    db.session.expire_all()
    assert (ppa.title, ppa.budget_allocation) == ("Barangay health workers", Decimal(1_000_000))


def test_an_amendment_of_what_was_approved_is_mfbms(app: Flask, people) -> None:
    ppa = drafted()
    walk(people, ppa, 6)
    amend_ppa(user(people, "mfbm_analyst"), ppa, {"title": "Another title"}, "BAA 90")
    assert (ppa.title, ppa.updated_by_id) == ("Another title", people.mfbm_analyst)
