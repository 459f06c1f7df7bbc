"""The approval of a PPA: every step, every role, two at once, and what a stage brings (SPEC 7)."""

from datetime import date
from itertools import product
from types import SimpleNamespace

import pytest
from flask import Flask
from sqlalchemy import func, select

from obcms.approval.models import ApprovalStep
from obcms.approval.rules.steps import STEPS, Action
from obcms.approval.steps import open_actions, steps_of, take_step
from obcms.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Role
from obcms.people.models import User
from obcms.ppas.models import PPA
from obcms.ppas.rules.choices import ApprovalStatus, PPAStatus
from tests.support.factories import make_ppa

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


def user(people: SimpleNamespace, name: str) -> User:
    return db.session.get_one(User, getattr(people, name))


def count(model: type[db.Model]) -> int:
    return db.session.scalar(select(func.count()).select_from(model))


def test_to_an_outsider_the_ppa_does_not_exist(app: Flask, people) -> None:
    ppa = make_ppa()
    db.session.commit()
    with pytest.raises(NotFound, match="There is no such PPA"):
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
def test_only_the_tables_steps_by_their_office_are_possible(app: Flask, people, status: S) -> None:
    ppa = make_ppa(approval_status=status)
    db.session.commit()
    for role, action in product(Role, A):
        actor, case = user(people, role.value), (role, action)
        possible = (status, action) in STEPS and role.value in OFFICES[status]
        assert (action in open_actions(actor, ppa, [])) is possible, case
        if possible:
            step = take_step(actor, ppa, action, "The figures were checked.")
            assert (ppa.approval_status, step.taken_by_id) == (STEPS[status, action], actor.id)
            assert count(ApprovalStep) == 1, case
        else:
            refusal = Forbidden if (status, action) in STEPS else Conflict
            with pytest.raises(refusal, match=r"belongs to another office|is not possible"):
                take_step(actor, ppa, action, "The figures were checked.")
        db.session.rollback()
        assert (ppa.approval_status, count(ApprovalStep)) == (status, 0), case


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
    ppa.actual_end_date = date(2031, 12, 1)
    db.session.commit()
    assert [step.taken_at for step in steps_of(ppa)] == [entered]
