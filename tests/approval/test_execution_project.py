"""What submission and enactment do with the execution project (SPEC 3, 7)."""

from decimal import Decimal
from types import SimpleNamespace

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from obcms.approval.models import ApprovalStep
from obcms.approval.rules.steps import Action
from obcms.approval.steps import steps_of, take_step
from obcms.kernel.audit.models import AuditEntry
from obcms.kernel.errors import Invalid
from obcms.kernel.extensions import db, unit_of_work
from obcms.ppas.models import PPA
from obcms.ppas.rules.choices import ApprovalStatus, PPAStatus
from obcms.work.models import WorkItem
from obcms.work.rules.choices import WorkStatus
from obcms.work.tracking import Tracking, enable_tracking
from tests.approval.test_steps import count, user, walk
from tests.support.factories import make_ppa, track

S, A = ApprovalStatus, Action


def submit(people: SimpleNamespace, ppa: PPA, path: str) -> None:
    if path == "service":
        take_step(user(people, "moa_staff"), ppa, A.SUBMIT)
    else:
        ppa.approval_status = "technical_review"
    db.session.commit()


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
