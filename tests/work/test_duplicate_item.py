"""Duplicating: what is copied, what is not, and in how many statements."""

from datetime import date
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select

from obcms.kernel.audit.models import AuditAction, AuditEntry
from obcms.kernel.db.relations import loaded
from obcms.kernel.errors import Conflict, ObcmsError
from obcms.kernel.extensions import db
from obcms.kernel.permissions import SYSTEM
from obcms.needs.models import Assessment
from obcms.people.models import User
from obcms.work.duplicate import duplicate_item
from obcms.work.models import WorkItem
from obcms.work.rules.choices import WorkStatus
from obcms.work.sync import sync_ppa
from tests.support.factories import make_ppa, spend, track
from tests.support.growth import Counting, at_two_sizes
from tests.support.refusals import NOT_ALLOWED
from tests.work.trees import branch, children, row, titles


@pytest.mark.parametrize(("who", "refusal", "said"), NOT_ALLOWED)
def test_who_may_not_change_the_tree_copies_nothing(
    people, who: str, refusal: type[ObcmsError], said: str
) -> None:
    item = track(make_ppa())["Preparation"]
    before = titles(loaded(item, "parent"))
    with pytest.raises(refusal, match=said):
        duplicate_item(db.session.get_one(User, getattr(people, who)), item, False)
    assert titles(loaded(item, "parent")) == before


def test_the_execution_project_is_not_copied(app: Flask) -> None:
    with pytest.raises(Conflict, match="The execution project itself cannot be duplicated"):
        duplicate_item(SYSTEM, track(make_ppa())["root"], True)


def test_the_plan_is_copied_with_its_people(people) -> None:
    items = track(make_ppa())
    assessment = Assessment(title="Needs of 2031")
    db.session.add(assessment)
    db.session.flush()
    resources = items["Resources"]
    resources.description, resources.budget_notes = "Rent\nof rooms", "From the MOOE"
    resources.start_date, resources.end_date = date(2031, 2, 3), date(2031, 3, 7)
    resources.assessment_id, resources.auto_calculate_progress = assessment.id, False
    staff = [db.session.get_one(User, people.moa_staff), db.session.get_one(User, people.moa_head)]
    loaded(resources, "assignees")[:] = staff
    db.session.commit()
    copy = duplicate_item(SYSTEM, items["Preparation"], True)
    db.session.commit()
    assert titles(copy) == titles(items["Preparation"])
    twin = next(child for child in children(copy) if child.title == "Resources")
    for name in (
        "work_type",
        "description",
        "budget_notes",
        "start_date",
        "end_date",
        "assessment_id",
        "auto_calculate_progress",
        "priority",
        "ppa_id",
    ):
        assert getattr(twin, name) == getattr(resources, name), name
    assert {one.id for one in loaded(twin, "assignees")} == {one.id for one in staff}
    assert {one.id for one in loaded(resources, "assignees")} == {one.id for one in staff}


def test_progress_budget_and_spending_are_not(app: Flask) -> None:
    ppa = make_ppa()
    items = track(ppa)
    spend(items["Core work"], "1000.00")
    items["Core work"].status = WorkStatus.COMPLETED
    db.session.flush()
    distributed, spent = items["root"].distributed, items["root"].spent_total
    copy = duplicate_item(SYSTEM, items["Execution"], True)
    for one in (copy, *children(copy)):
        assert (one.status, one.progress, one.completed_at) == (WorkStatus.NOT_STARTED, 0, None)
        assert (one.allocated_budget, one.effective_allocation, one.spent_total) == (None, None, 0)
    assert (items["root"].distributed, items["root"].spent_total) == (distributed, spent)
    assert not sync_ppa(SYSTEM, ppa)  # nothing had to be put right


def test_the_parent_counts_the_copy_at_once(app: Flask) -> None:
    ppa = make_ppa()
    items = track(ppa)
    for title in ("Preparation", "Execution", "Completion"):
        for child in loaded(items[title], "children"):
            child.progress = Decimal(100)
    db.session.flush()
    assert ppa.progress == 100
    duplicate_item(SYSTEM, items["Preparation"], True)
    assert (items["root"].progress, ppa.progress) == (75, 75)
    assert items["root"].status is WorkStatus.IN_PROGRESS


def test_every_copy_and_every_assignment_has_its_entry(people) -> None:
    items = track(make_ppa())
    loaded(items["Resources"], "assignees")[:] = [db.session.get_one(User, people.moa_staff)]
    db.session.commit()
    newest = db.session.scalars(select(AuditEntry.id).order_by(AuditEntry.id.desc())).first()
    copy = duplicate_item(SYSTEM, items["Preparation"], True)
    db.session.commit()
    found = db.session.scalars(select(AuditEntry).where(AuditEntry.id > newest)).all()
    made = [one for one in found if one.action is AuditAction.INSERT]
    twin = next(child for child in children(copy) if child.title == "Resources")
    expected = {("work_item", str(one.id)) for one in (copy, *children(copy))}
    expected |= {("work_item_assignee", f"{twin.id}/{people.moa_staff}")}
    assert {(one.table_name, one.row_key) for one in made} == expected
    assert {one.ppa_id for one in made} == {copy.ppa_id}
    titled = next(one.changes for one in made if one.row_key == str(copy.id))
    assert titled["title"] == [None, "Preparation (copy)"]
    assert titled["parent_id"] == [None, items["root"].id]


def test_a_copy_touches_no_sibling(app: Flask) -> None:
    top = row(20)
    db.session.commit()
    versions = {child.id: child.version for child in children(top)}
    copy = duplicate_item(SYSTEM, children(top)[4], False)
    assert {one.id: one.version for one in children(top) if one.id != copy.id} == versions
    assert titles(top)[4:7] == ["4", "4 (copy)", "5"]


def test_the_next_item_gets_a_number_of_its_own(app: Flask) -> None:
    top = branch(30)
    duplicate_item(SYSTEM, top, True)
    db.session.add(WorkItem(parent_id=top.id, title="Later", work_type="activity"))
    db.session.commit()
    ids = db.session.scalars(select(WorkItem.id)).all()
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("assigned", [False, True])
def test_duplicating_takes_no_more_queries_for_more_items(
    app: Flask, people, count_queries: Counting, assigned: bool
) -> None:
    def prepare(size: int) -> int:
        top = branch(size)
        if assigned:
            staff = db.session.get_one(User, people.moa_staff)
            for item in db.session.scalars(select(WorkItem).where(WorkItem.ppa_id == top.ppa_id)):
                loaded(item, "assignees")[:] = [staff]
        return top.id

    def work(item_id: int) -> None:
        duplicate_item(SYSTEM, db.session.get_one(WorkItem, item_id), True)

    small, large = at_two_sizes(count_queries, prepare, work)
    assert small == large <= 24  # two for each level
