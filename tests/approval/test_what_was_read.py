"""What is decided is what was read, and what was submitted stays (SPEC 7)."""

import html
import re
from decimal import Decimal

import pytest
from flask import Flask

from obcms.approval.rules.steps import Action
from obcms.approval.steps import steps_of, take_step
from obcms.kernel.extensions import db
from obcms.kernel.permissions import SYSTEM
from obcms.ppas.edit import edit_ppa
from obcms.ppas.models import PPA
from obcms.ppas.rules.choices import ApprovalStatus
from obcms.work.models import WorkItem
from obcms.work.work_items import edit_item
from tests.approval.test_steps import user, walk
from tests.support.factories import make_ppa, track

S, A = ApprovalStatus, Action


def drafted() -> PPA:
    ppa = make_ppa(milestones=[], supporting_organizations=[])
    db.session.commit()
    return ppa


def again(number: int) -> PPA:
    """As it stands now; a request ends the session that a test has read it in."""
    db.session.expire_all()
    return db.session.get_one(PPA, number)


def opened_dialog(client, number: int, action: str) -> dict[str, str]:
    page = client.get(f"/admin/ppa/{number}/approval/step?action={action}").text
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    return {name: html.unescape(value) for name, value in fields.items()}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"budget_allocation": Decimal("90000000.00")}, "Budget allocation"),
        ({"remarks": "Now without the barangays."}, "Remarks"),
        ({"milestones": [{"title": "Opening"}]}, "milestones"),
        ({"supporting_organizations": [1]}, "supporting organizations"),
        ({"status": "on_hold"}, "Status"),
    ],
)
def test_a_click_decides_on_what_its_dialog_showed(
    app: Flask, people, sign_in_as, change: dict, said: str
) -> None:
    number = drafted().id
    client, path = sign_in_as(people.moa_staff), f"/admin/ppa/{number}/approval/step"
    form = opened_dialog(client, number, "submit")
    edit_ppa(user(people, "moa_head"), again(number), change)
    db.session.commit()
    answer = client.post(path, data=form, headers={"X-Fragment": "approval"})
    assert answer.status_code == 409
    assert "nothing was decided" in answer.text
    assert said.lower() in answer.text.lower()
    ppa = again(number)
    assert (ppa.approval_status, steps_of(ppa)) == (S.DRAFT, [])
    form = opened_dialog(client, number, "submit")
    assert client.post(path, data=form).status_code == 302
    assert again(number).approval_status is S.TECHNICAL_REVIEW


def test_figures_of_the_work_tree_do_not_stop_a_step(app: Flask, people, sign_in_as) -> None:
    ppa = drafted()
    number, item_id = ppa.id, track(ppa)["Core work"].id
    walk(people, ppa, 1)
    client = sign_in_as(people.bpda_planner)
    form = opened_dialog(client, number, "endorse")
    edit_item(SYSTEM, db.session.get_one(WorkItem, item_id), {"progress": Decimal(40)})
    db.session.commit()
    assert again(number).progress > 0
    client.post(f"/admin/ppa/{number}/approval/step", data=form)
    assert again(number).approval_status is S.BUDGET_REVIEW


def test_a_step_without_what_was_read_is_refused(app: Flask, people, sign_in_as) -> None:
    number = drafted().id
    client = sign_in_as(people.moa_staff)
    answer = client.post(
        f"/admin/ppa/{number}/approval/step",
        data={"action": "submit", "seen": "draft"},
        headers={"X-Fragment": "approval"},
    )
    assert answer.status_code == 422
    assert again(number).approval_status is S.DRAFT


@pytest.mark.parametrize("change", [{"remarks": "New"}, {"milestones": [{"title": "Opening"}]}])
def test_over_the_api_a_stale_if_match_decides_nothing(app: Flask, people, call_as, change):
    ppa = drafted()
    walk(people, ppa, 1)
    number, path = ppa.id, f"/api/monitoring/entries/{ppa.id}/"
    client = call_as(people.bpda_planner)
    tag = client.get(path).headers["ETag"]
    edit_ppa(user(people, "moa_head"), again(number), change)
    db.session.commit()
    step = {"json": {"action": "endorse"}, "headers": {"If-Match": tag}}
    assert client.post(f"{path}approval/", **step).status_code == 412
    assert client.get(path).json["approval_status"] == "technical_review"
    step["headers"]["If-Match"] = client.get(path).headers["ETag"]
    assert client.post(f"{path}approval/", **step).status_code == 201


def test_the_dialog_tells_what_changed_since_the_office_decided(app, people, sign_in_as) -> None:
    ppa = drafted()
    walk(people, ppa, 2)
    take_step(user(people, "mfbm_analyst"), ppa, A.RETURN, "Too much.")
    edit_ppa(user(people, "moa_head"), ppa, {"budget_allocation": Decimal("900000.00")})
    edit_ppa(user(people, "moa_head"), ppa, {"milestones": [{"title": "Opening"}]})
    take_step(user(people, "moa_staff"), ppa, A.SUBMIT)
    db.session.commit()
    page = sign_in_as(people.bpda_planner).get(f"/admin/ppa/{ppa.id}/approval/step?action=endorse")
    assert "Changed since bpda_planner endorsed it" in page.text
    assert "Budget allocation: ₱1,000,000.00 → ₱900,000.00" in page.text
    assert "Milestones were changed" in page.text


def test_each_step_keeps_a_digest_of_what_was_approved(app, people) -> None:
    ppa = drafted()
    walk(people, ppa, 2)
    take_step(user(people, "mfbm_analyst"), ppa, A.RETURN, "Too much.")
    edit_ppa(user(people, "moa_head"), ppa, {"remarks": "Only a remark."})
    take_step(user(people, "moa_staff"), ppa, A.SUBMIT)
    edit_ppa(user(people, "moa_head"), ppa, {"actual_end_date": "2031-12-01"})
    take_step(user(people, "bpda_planner"), ppa, A.ENDORSE)
    first, *others = [step.digest for step in steps_of(ppa)]
    assert re.fullmatch("[0-9a-f]{64}", first)
    assert set(others) == {first}
    take_step(user(people, "mfbm_analyst"), ppa, A.RETURN, "Still.")
    edit_ppa(user(people, "moa_head"), ppa, {"budget_allocation": Decimal("900000.00")})
    take_step(user(people, "moa_staff"), ppa, A.SUBMIT)
    assert steps_of(ppa)[-1].digest not in ("", first)
