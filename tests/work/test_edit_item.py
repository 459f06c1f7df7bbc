"""Dates and completion of a work item as it is edited (SPEC 3)."""

from datetime import date

import pytest
from flask import Flask

from obcms.kernel.errors import Invalid
from obcms.kernel.permissions import SYSTEM
from obcms.work.models import WorkItem
from obcms.work.work_items import edit_item
from tests.support.factories import make_ppa, track

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
    edit_item(SYSTEM, leaf, {"status": "in_progress"})
    assert leaf.completed_at is None
