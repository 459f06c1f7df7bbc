"""A tree is done when all of it is done, however little the rest weighs (SPEC 4)."""

from decimal import Decimal
from types import SimpleNamespace

import pytest
from flask import Flask
from sqlalchemy import select

from obcms.kernel.extensions import db
from obcms.people.models import User
from obcms.ppas.models import PPA
from obcms.ppas.rules.choices import PPAStatus, ProgressWeighting
from obcms.work.models import WorkItem
from obcms.work.reads.explain import explain_item
from obcms.work.rules.choices import WorkStatus
from obcms.work.work_items import create_item, edit_item
from tests.support.factories import make_ppa, track


@pytest.fixture
def almost(app: Flask, people: SimpleNamespace) -> tuple[PPA, WorkItem, User]:
    """All but ₱10,000 of a billion's work is done."""
    ppa = make_ppa("1000000000.00", progress_weighting=ProgressWeighting.BUDGET)
    items = track(ppa, "minimal")
    root = items.pop("root")
    large = next(item for item in items.values() if item is not root)
    staff = db.session.get_one(User, people.moa_staff)
    edit_item(staff, large, {"allocated_budget": "999990000.00"})
    rest = {"work_type": "task", "title": "Handover", "allocated_budget": "10000.00"}
    create_item(staff, root, rest)
    edit_item(staff, large, {"progress": "100"})
    return ppa, root, staff


def test_a_small_task_that_is_not_begun_keeps_a_tree_from_100(almost) -> None:
    ppa, root, _ = almost
    assert (root.progress, root.status) == (Decimal("99.99"), WorkStatus.IN_PROGRESS)
    assert (ppa.progress, ppa.status) == (Decimal("99.99"), PPAStatus.ONGOING)


def test_the_explanation_says_why_it_is_not_100(almost) -> None:
    ppa, root, _ = almost
    assert "100 only once each of them" in explain_item(root.id, ppa.progress_weighting).sentence


def test_at_risk_stays_at_risk_where_almost_all_is_done(almost) -> None:
    ppa, root, staff = almost
    edit_item(staff, root, {"auto_calculate_progress": False, "status": "at_risk"})
    assert (root.progress, root.status) == (Decimal("99.99"), WorkStatus.AT_RISK)
    assert (ppa.progress, ppa.status) == (Decimal("99.99"), PPAStatus.ONGOING)


def test_the_last_small_task_completes_the_tree(almost) -> None:
    ppa, root, staff = almost
    rest = db.session.scalars(select(WorkItem).where(WorkItem.title == "Handover")).one()
    edit_item(staff, rest, {"status": "completed"})
    assert (root.progress, root.status) == (Decimal("100.00"), WorkStatus.COMPLETED)
    assert (ppa.progress, ppa.status) == (Decimal("100.00"), PPAStatus.COMPLETED)
