"""Who edits a work item, and what its dates, figures and status may become (SPEC 3, 5)."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import func, select

from obcms.kernel.db.relations import loaded
from obcms.kernel.errors import Invalid, ObcmsError
from obcms.kernel.extensions import db
from obcms.kernel.permissions import SYSTEM, Actor
from obcms.people.models import User
from obcms.ppas.edit import edit_ppa
from obcms.work.models import WorkItem
from obcms.work.rules.choices import WorkStatus
from obcms.work.sync import sync_ppa
from obcms.work.work_items import cancel_item, create_item, edit_item
from tests.support.factories import make_ppa, spend, track
from tests.support.refusals import NOT_ALLOWED

DAY, DAY_BEFORE = date(2031, 3, 4), date(2031, 3, 3)


@pytest.fixture
def leaf(app: Flask) -> WorkItem:
    return track(make_ppa())["Core work"]


def test_it_may_begin_and_end_on_one_day(leaf: WorkItem) -> None:
    edit_item(SYSTEM, leaf, {"start_date": DAY, "end_date": DAY})
    assert (leaf.start_date, leaf.end_date) == (DAY, DAY)


def test_it_does_not_end_before_it_begins(leaf: WorkItem) -> None:
    with pytest.raises(Invalid, match="The end date is before the start date") as refusal:
        edit_item(SYSTEM, leaf, {"start_date": DAY, "end_date": DAY_BEFORE})
    assert [problem.pointer for problem in refusal.value.problems] == ["end_date"]


def test_one_that_goes_on_is_no_longer_said_to_be_completed(leaf: WorkItem) -> None:
    edit_item(SYSTEM, leaf, {"status": "completed"})
    completed = leaf.completed_at
    assert completed is not None
    edit_item(SYSTEM, leaf, {"title": "Core work, done"})
    assert leaf.completed_at == completed
    version = leaf.version
    edit_item(SYSTEM, leaf, {"status": "in_progress"})
    assert leaf.completed_at is None
    assert leaf.version == version + 1  # written at once, with nothing left to follow


VERBS: dict[str, Callable[[Actor, WorkItem], object]] = {
    "add": lambda actor, item: create_item(actor, item, {"title": "Another"}),
    "edit": lambda actor, item: edit_item(actor, item, {"title": "Another"}),
    "cancel": cancel_item,
    "sync": lambda actor, item: sync_ppa(actor, loaded(item, "ppa")),
}


@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS.keys())
@pytest.mark.parametrize(("who", "refusal", "said"), NOT_ALLOWED)
def test_who_may_not_change_the_tree_changes_nothing(
    people, leaf: WorkItem, verb, who: str, refusal: type[ObcmsError], said: str
) -> None:
    with pytest.raises(refusal, match=said):
        verb(db.session.get_one(User, getattr(people, who)), leaf)
    assert (leaf.title, leaf.status) == ("Core work", WorkStatus.NOT_STARTED)
    assert db.session.scalar(select(func.count()).where(WorkItem.parent_id == leaf.id)) == 0


def test_what_is_computed_is_not_typed_until_all_below_is_cancelled(leaf: WorkItem) -> None:
    parent = loaded(leaf, "parent")
    with pytest.raises(Invalid, match="is computed from the items below"):
        edit_item(SYSTEM, parent, {"progress": "40"})
    for child in loaded(parent, "children"):
        cancel_item(SYSTEM, child)
    edit_item(SYSTEM, parent, {"status": "in_progress", "progress": "40"})


def test_one_cancelled_by_its_status_is_cancelled_by_hand(leaf: WorkItem) -> None:
    edit_item(SYSTEM, leaf, {"status": "cancelled"})
    assert leaf.cancelled_by_hand
    edit_item(SYSTEM, leaf, {"status": "in_progress"})
    assert not leaf.cancelled_by_hand


def test_what_is_distributed_keeps_the_allocation_from_being_emptied(leaf: WorkItem) -> None:
    edit_item(SYSTEM, leaf, {"allocated_budget": "5.00"})
    with pytest.raises(Invalid, match="so it cannot be emptied") as refusal:
        edit_ppa(SYSTEM, loaded(leaf, "ppa"), {"budget_allocation": None})
    assert [problem.pointer for problem in refusal.value.problems] == ["budget_allocation"]


def test_sums_stay_below_the_largest_amount(leaf: WorkItem) -> None:
    sibling = loaded(loaded(leaf, "parent"), "children")[1]
    spend(leaf, "999999999999.99")
    with pytest.raises(Invalid, match="The amounts add up to"):
        spend(sibling, "0.01")


def test_budgets_stay_below_the_largest_amount_where_a_cancelled_item_has_cost_more(
    app: Flask,
) -> None:
    root = track(make_ppa("999999999999.99"), "minimal")["root"]
    assert root.distributed == Decimal("999999999999.99")
    added = create_item(SYSTEM, root, {"title": "Another"})
    spend(added, "0.01")
    with pytest.raises(Invalid, match="The amounts add up to"):
        cancel_item(SYSTEM, added)
