"""The approval queue: whose step is next, and nobody else's (SPEC 7, 13)."""

import pytest
from flask import Flask

from obcms.approval.reads.queue import count_waiting, waiting_for
from obcms.approval.rules.steps import Action
from obcms.approval.screens.steps import _stages
from obcms.approval.steps import open_actions, steps_of, take_step
from obcms.kernel.extensions import db
from obcms.people.models import User
from obcms.ppas.models import PPA
from obcms.ppas.rules.choices import ApprovalStatus
from tests.approval.test_steps import walk
from tests.support.factories import make_ppa

S, A = ApprovalStatus, Action


def queue(user_id: int) -> list[str]:
    actor = db.session.get_one(User, user_id)
    codes = [one.ppa.code for one in waiting_for(actor)]
    assert count_waiting(actor) == len(codes)
    return codes


def test_the_outsider_has_nothing_of_another_ministry(app: Flask, people) -> None:
    ppa = make_ppa()
    take_step(db.session.get_one(User, people.moa_staff), ppa, A.SUBMIT)
    take_step(db.session.get_one(User, people.bpda_planner), ppa, A.RETURN, "Incomplete")
    db.session.commit()
    assert queue(people.outsider) == []
    assert queue(people.moa_staff) == [ppa.code]
    assert queue(people.moa_head) == [ppa.code]


@pytest.mark.parametrize("status", list(S))
def test_it_holds_what_one_can_act_on(app: Flask, people, status: S) -> None:
    ppa = make_ppa(approval_status=status)
    db.session.commit()
    for name, user_id in vars(people).items():
        actor = db.session.get_one(User, user_id)
        may_act = bool(open_actions(actor, ppa, steps_of(ppa))) and status is not S.DRAFT
        assert (queue(user_id) == [ppa.code]) is may_act, name


def test_ones_own_work_does_not_wait_for_oneself(app: Flask, people) -> None:
    ppa = make_ppa()
    for name, action in (("oobc_staff", A.SUBMIT), ("bpda_planner", A.ENDORSE)):
        take_step(db.session.get_one(User, getattr(people, name)), ppa, action)
    take_step(db.session.get_one(User, people.mfbm_analyst), ppa, A.CERTIFY)
    db.session.commit()
    assert ppa.approval_status is S.STAKEHOLDER_CONSULTATION
    assert queue(people.oobc_staff) == []


def test_the_longest_waiting_comes_first(app: Flask, people) -> None:
    first, second = make_ppa(), make_ppa()
    staff = db.session.get_one(User, people.moa_staff)
    for ppa in (second, first):
        take_step(staff, ppa, A.SUBMIT)
    db.session.commit()
    assert queue(people.bpda_planner) == [second.code, first.code]


def test_the_pages_show_it(app: Flask, people, sign_in_as, count_queries) -> None:
    codes = [make_ppa(approval_status=S.BUDGET_REVIEW).code for _ in range(7)]
    db.session.commit()
    client = sign_in_as(people.mfbm_analyst)
    with count_queries() as few:
        page = client.get("/admin/waiting/").text
    assert all(code in page for code in codes)
    assert len(few) <= 8
    dashboard = client.get("/admin/").text
    assert "All 7 that wait for you" in dashboard
    assert "Nothing waits for you" in sign_in_as(people.viewer).get("/admin/waiting/").text
    assert db.session.query(PPA).count() == 7


def test_the_strip_names_who_decided_each_stage(app: Flask, people, sign_in_as) -> None:
    ppa = make_ppa()
    walk(people, ppa, 6)
    ppa_id = ppa.id
    names = {one.status: one.step and one.step.taken_by_name for one in _stages(ppa, steps_of(ppa))}
    assert names == {
        S.DRAFT: "moa_staff",
        S.TECHNICAL_REVIEW: "bpda_planner",
        S.BUDGET_REVIEW: "mfbm_analyst",
        S.STAKEHOLDER_CONSULTATION: "oobc_staff",
        S.EXECUTIVE_APPROVAL: "executive",
        S.APPROVED: "executive",
        S.ENACTED: "mfbm_analyst",
    }
    db.session.commit()
    assert "executive" in sign_in_as(people.viewer).get(f"/admin/ppa/{ppa_id}/approval").text


@pytest.mark.parametrize("steps", [0, 1, 4, 5])
def test_the_strip_promises_nothing_ahead(app: Flask, people, steps: int) -> None:
    ppa = make_ppa()
    walk(people, ppa, steps)
    stages = _stages(ppa, steps_of(ppa))
    outcome = ppa.approval_status is S.APPROVED
    assert [bool(one.step) for one in stages] == [
        place < steps or (outcome and place == steps) for place in range(7)
    ]


def test_a_draft_waits_for_its_maker_on_both_pages_or_on_neither(
    app: Flask, people, sign_in_as
) -> None:
    ppa = make_ppa()
    ppa_id = ppa.id
    db.session.commit()
    staff = sign_in_as(people.moa_staff)
    tab, queue = f"/admin/ppa/{ppa_id}/approval", "/admin/waiting/"
    assert "Not submitted yet" in staff.get(tab).text
    assert ppa_code(ppa_id) not in staff.get(queue).text
    ppa = db.session.get_one(PPA, ppa_id)
    walk(people, ppa, 1)
    take_step(db.session.get_one(User, people.bpda_planner), ppa, A.RETURN, "Dates are missing")
    db.session.commit()
    assert "<h2>Waiting for you</h2>" in staff.get(tab).text
    assert ppa_code(ppa_id) in staff.get(queue).text


def ppa_code(ppa_id: int) -> str:
    return db.session.get_one(PPA, ppa_id).code
