"""What a distribution does below its first level, and what makes a preview of it too old."""

from decimal import Decimal

import pytest
from flask import Flask

from obcms.approval.amendments import cut_allocation
from obcms.budget import distribution
from obcms.budget.proposal import Request
from obcms.kernel.db.relations import loaded
from obcms.kernel.errors import Conflict, Forbidden
from obcms.kernel.extensions import db
from obcms.kernel.permissions import SYSTEM
from obcms.people.models import User
from obcms.ppas.models import PPA
from obcms.work.models import WorkItem
from obcms.work.rules.choices import DistributionMethod
from obcms.work.work_items import cancel_item
from tests.support.factories import make_ppa, spend, track

EQUAL = Request(DistributionMethod.EQUAL, cascade=True)
PROPORTIONAL = Request(DistributionMethod.PROPORTIONAL, cascade=True)


def add(
    parent: WorkItem, title: str, budget: str | None = None, work_type: str = "subtask"
) -> WorkItem:
    item = WorkItem(parent=parent, ppa_id=parent.ppa_id, work_type=work_type, title=title)
    item.allocated_budget = None if budget is None else Decimal(budget)
    db.session.add(item)
    db.session.flush()
    return item


@pytest.fixture
def ppa(app: Flask) -> PPA:
    return make_ppa("900.00")


@pytest.fixture
def part(ppa: PPA) -> WorkItem:
    """The only item below the execution project."""
    items = track(ppa, "minimal")
    [part] = [item for title, item in items.items() if title != "root" and item.parent_id]
    return part


def proposed(ppa: PPA, request: Request) -> dict[str, Decimal]:
    lines = distribution.preview(SYSTEM, ppa, request).lines
    return {line.item.title: line.after for line in lines}


def test_items_without_amounts_share_alike_where_their_parent_has_one(ppa, part) -> None:
    part.allocated_budget = Decimal("100.00")
    for title in ("A", "B"):
        add(part, title)
    told = proposed(ppa, PROPORTIONAL)
    assert (told["A"], told["B"]) == (Decimal("450.00"), Decimal("450.00"))


def test_what_cancelled_items_cost_is_not_given_to_the_others(ppa, part) -> None:
    gone, _ = add(part, "Gone", "900.00"), add(part, "Open")
    add(
        loaded(part, "parent"), "Beside", work_type="task"
    )  # so that less comes down than the other cost
    spend(gone, "900.00")
    cancel_item(SYSTEM, gone)
    told = proposed(ppa, EQUAL)
    assert (told[part.title], told["Open"]) == (Decimal("450.00"), 0)


def test_a_preview_is_too_old_once_the_allocation_was_changed(ppa, part) -> None:
    seen = distribution.preview(SYSTEM, ppa, EQUAL)
    ppa.budget_allocation = Decimal("1000.00")
    db.session.flush()
    with pytest.raises(Conflict, match="changed since this preview"):
        distribution.apply(SYSTEM, ppa, EQUAL, seen.version)


def test_who_may_not_cut_it_cuts_nothing(people, ppa) -> None:
    with pytest.raises(Forbidden, match="Your role does not allow this"):
        cut_allocation(db.session.get_one(User, people.viewer), ppa, Decimal(1), "By law")
    assert ppa.budget_allocation == Decimal("900.00")
