"""The approval of a PPA: every step, every role, two at once, and what a stage brings (SPEC 7)."""

from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from obcms.approval.models import ApprovalStep
from obcms.approval.rules.steps import STEPS, Action
from obcms.approval.steps import open_actions, steps_of, take_step
from obcms.kernel.audit.models import AuditEntry
from obcms.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from obcms.kernel.extensions import db, unit_of_work
from obcms.kernel.permissions import Role
from obcms.people.models import User
from obcms.ppas.models import PPA
from obcms.ppas.rules.choices import ApprovalStatus, PPAStatus
from obcms.work.models import WorkItem
from obcms.work.rules.choices import WorkStatus
from obcms.work.tracking import Tracking, enable_tracking
from tests.services.factories import make_ppa, track

S, A = ApprovalStatus, Action
OFFICES = {
    S.DRAFT: {"moa_staff", "moa_head", "oobc_staff"},
    S.REJECTED: {"moa_staff", "moa_head", "oobc_staff"},
    S.TECHNICAL_REVIEW: {"bpda_planner"},
    S.BUDGET_REVIEW: {"mfbm_analyst"},
    S.STAKEHOLDER_CONSULTATION: {"oobc_staff"},
    S.EXECUTIVE_APPROVAL: {"executive"},
    S.APPROVED: {"mfbm_analyst", "executive"},
}
WAY = [
    ("moa_staff", A.SUBMIT),
    ("bpda_planner", A.ENDORSE),
    ("mfbm_analyst", A.CERTIFY),
    ("oobc_staff", A.ENDORSE),
    ("executive", A.APPROVE),
    ("mfbm_analyst", A.ENACT),
]


def walk(people: SimpleNamespace, ppa: PPA, steps: int) -> None:
    for name, action in WAY[:steps]:
        take_step(user(people, name), ppa, action)
    db.session.commit()


def submit(people: SimpleNamespace, ppa: PPA, path: str) -> None:
    if path == "service":
        take_step(user(people, "moa_staff"), ppa, A.SUBMIT)
    else:
        ppa.approval_status = "technical_review"
    db.session.commit()


def user(people: SimpleNamespace, name: str) -> User:
    return db.session.get_one(User, getattr(people, name))


def count(model: type[db.Model]) -> int:
    return db.session.scalar(select(func.count()).select_from(model))


def test_to_an_outsider_the_ppa_does_not_exist(app: Flask, people) -> None:
    ppa = make_ppa()
    db.session.commit()
    with pytest.raises(NotFound):
        take_step(user(people, "outsider"), ppa, A.SUBMIT)
    assert open_actions(user(people, "outsider"), ppa, []) == []


def test_six_people_bring_it_to_enactment(app: Flask, people) -> None:
    ppa = make_ppa()
    db.session.commit()
    walk(people, ppa, 6)
    assert ppa.approval_status is S.ENACTED
    assert ppa.status is PPAStatus.ONGOING
    taken = [(step.action, step.from_status, step.to_status) for step in steps_of(ppa)]
    assert taken == [
        (action, source, STEPS[source, action])
        for action, source in zip([action for _, action in WAY], list(S)[:6], strict=True)
    ]
    names = [step.taken_by_name for step in steps_of(ppa)]
    assert names == [name for name, _ in WAY]


@pytest.mark.parametrize("status", list(S))
@pytest.mark.parametrize("role", list(Role))
def test_only_the_tables_steps_by_their_office_are_possible(
    app: Flask, people, status: S, role: Role
) -> None:
    for action in A:
        ppa = make_ppa(approval_status=status)
        db.session.commit()
        actor = user(people, role.value)
        possible = (status, action) in STEPS and role.value in OFFICES[status]
        assert (action in open_actions(actor, ppa, [])) is possible
        if possible:
            step = take_step(actor, ppa, action, "The figures were checked.")
            assert (ppa.approval_status, step.taken_by_id) == (STEPS[status, action], actor.id)
        else:
            before = count(ApprovalStep)
            with pytest.raises((Conflict, Forbidden)):
                take_step(actor, ppa, action, "The figures were checked.")
            db.session.rollback()
            assert (ppa.approval_status, count(ApprovalStep)) == (status, before)


def test_who_submitted_cannot_endorse_later(app: Flask, people) -> None:
    ppa = make_ppa()
    take_step(user(people, "oobc_staff"), ppa, A.SUBMIT)
    take_step(user(people, "bpda_planner"), ppa, A.ENDORSE)
    take_step(user(people, "mfbm_analyst"), ppa, A.CERTIFY)
    db.session.commit()
    with pytest.raises(Forbidden, match="You submitted this PPA"):
        take_step(user(people, "oobc_staff"), ppa, A.ENDORSE)


def test_nobody_takes_two_steps_in_a_row(app: Flask, people) -> None:
    ppa = make_ppa(approval_status=S.EXECUTIVE_APPROVAL)
    take_step(user(people, "executive"), ppa, A.APPROVE)
    db.session.commit()
    with pytest.raises(Forbidden, match="You took the last step"):
        take_step(user(people, "executive"), ppa, A.ENACT)
    take_step(user(people, "mfbm_analyst"), ppa, A.ENACT)
    assert ppa.approval_status is S.ENACTED


@pytest.mark.parametrize("action", [A.RETURN, A.REJECT])
def test_a_return_and_a_rejection_say_why(app: Flask, people, action: A) -> None:
    ppa = make_ppa()
    walk(people, ppa, 2)
    with pytest.raises(Invalid, match="Say why"):
        take_step(user(people, "mfbm_analyst"), ppa, action, "  ")
    db.session.rollback()
    take_step(user(people, "mfbm_analyst"), ppa, action, "The procurement plan is missing.")
    assert steps_of(ppa)[-1].comment == "The procurement plan is missing."


def test_the_second_of_two_gets_a_conflict(app: Flask, people) -> None:
    ppa = make_ppa()
    walk(people, ppa, 1)
    other = User(username="noor", role=Role.BPDA_PLANNER, password_hash="-")
    db.session.add(other)
    take_step(user(people, "bpda_planner"), ppa, A.ENDORSE, seen=S.TECHNICAL_REVIEW)
    db.session.commit()
    with pytest.raises(Conflict, match="bpda_planner was first"):
        take_step(other, ppa, A.ENDORSE, seen=S.TECHNICAL_REVIEW)
    assert count(ApprovalStep) == 2


@pytest.mark.parametrize("path", ["service", "assignment"])
def test_submission_makes_the_project_of_a_tracked_draft(app: Flask, people, path: str) -> None:
    ppa = make_ppa(enable_workitem_tracking=True, budget_distribution_policy="program")
    db.session.commit()
    assert ppa.execution_project_id is None
    submit(people, ppa, path)
    root = db.session.get_one(WorkItem, ppa.execution_project_id)
    assert (root.title, root.allocated_budget) == (ppa.title, ppa.budget_allocation)
    assert count(WorkItem) == 13
    assert [step.action for step in steps_of(ppa)] == [A.SUBMIT]


@pytest.mark.parametrize("path", ["service", "assignment"])
def test_a_project_that_cannot_be_made_fails_the_step(app: Flask, people, path: str) -> None:
    ppa = make_ppa(enable_workitem_tracking=True, budget_allocation=None)
    db.session.commit()
    before = count(AuditEntry)
    with pytest.raises(Invalid, match="needs a budget allocation"):
        submit(people, ppa, path)
    db.session.rollback()
    assert ppa.approval_status is S.DRAFT
    assert (count(ApprovalStep), count(WorkItem), count(AuditEntry)) == (0, 0, before)


def test_no_statement_submits_a_tracked_draft_without_its_project(app: Flask) -> None:
    make_ppa(enable_workitem_tracking=True)
    db.session.commit()
    with unit_of_work(), pytest.raises(IntegrityError, match="tracked_has_project"):
        db.session.execute(text("UPDATE ppa SET approval_status = 'technical_review'"))


def test_a_new_ppa_cannot_be_submitted_before_it_is_saved(app: Flask) -> None:
    with pytest.raises(Invalid, match="as a draft first"):
        make_ppa(enable_workitem_tracking=True, approval_status=S.TECHNICAL_REVIEW)


def test_a_project_made_before_submission_stays(app: Flask, people) -> None:
    ppa = make_ppa()
    root = track(ppa)["root"]
    walk(people, ppa, 1)
    assert ppa.execution_project_id == root.id


def test_a_tracked_draft_can_get_its_project_at_once(app: Flask, people) -> None:
    ppa = make_ppa(enable_workitem_tracking=True)
    enable_tracking(user(people, "moa_staff"), ppa, Tracking(template="minimal"))
    assert ppa.has_work_tree


@pytest.mark.parametrize("by_hand", [False, True])
def test_enactment_starts_the_project(app: Flask, people, by_hand: bool) -> None:
    ppa = make_ppa()
    root = track(ppa)["root"]
    root.auto_calculate_progress = not by_hand
    ppa.auto_sync_status = not by_hand
    db.session.commit()
    walk(people, ppa, 5)
    assert (root.status, ppa.status) == (WorkStatus.NOT_STARTED, PPAStatus.PLANNING)
    take_step(user(people, "mfbm_analyst"), ppa, A.ENACT)
    db.session.commit()
    assert (root.status, ppa.status) == (WorkStatus.IN_PROGRESS, PPAStatus.ONGOING)
    assert root.progress == Decimal(0)


@pytest.mark.parametrize("target", [S.BUDGET_REVIEW, S.APPROVED, S.ENACTED, S.REJECTED])
def test_an_assignment_cannot_skip_a_step(app: Flask, target: S) -> None:
    ppa = make_ppa()
    db.session.commit()
    ppa.approval_status = target
    with pytest.raises(Invalid, match="cannot go from draft"):
        db.session.commit()
    db.session.rollback()
    assert ppa.approval_status is S.DRAFT


def test_steps_are_never_changed_or_deleted(app: Flask, people) -> None:
    ppa = make_ppa()
    walk(people, ppa, 1)
    [step] = steps_of(ppa)
    step.comment = "Something else"
    with pytest.raises(Invalid, match="never changed"):
        db.session.flush()
    db.session.rollback()
    db.session.delete(step)
    with pytest.raises(Invalid, match="never deleted"):
        db.session.flush()


def test_an_edit_does_not_touch_the_steps(app: Flask, people) -> None:
    ppa = make_ppa()
    walk(people, ppa, 1)
    entered = steps_of(ppa)[-1].taken_at
    ppa.start_date = date(2031, 2, 1)
    db.session.commit()
    assert [step.taken_at for step in steps_of(ppa)] == [entered]
