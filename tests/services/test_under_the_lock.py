"""What was read before the lock is looked at again under it (SPEC 5, 8)."""

import threading
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text

from obcms.errors import Conflict, NotFound
from obcms.extensions import db
from obcms.models import PPA, DistributionBatch, Organization, StructureTemplate, User, WorkItem
from obcms.permissions import SYSTEM
from obcms.rules.choices import DistributionMethod
from obcms.services import distribution, ppas, work_items
from obcms.services.tracking import Tracking, enable_tracking, plan_ahead
from tests.services.factories import make_ppa, spend, track

EQUAL = distribution.Request(DistributionMethod.EQUAL, cascade=True)


@pytest.mark.usefixtures("app")
class TestAProposalMadeAhead:
    def test_is_written_as_it_is_where_nothing_changed(self) -> None:
        ppa = make_ppa("1000000.01")
        track(ppa)
        ahead = distribution.preview(SYSTEM, ppa, EQUAL)
        batch = distribution.apply(SYSTEM, ppa, EQUAL, ahead.version, ahead)
        assert batch.after == {str(key): str(amount) for key, amount in ahead.amounts.items()}

    def test_gives_way_to_a_conflict_where_money_was_spent_meanwhile(self) -> None:
        ppa = make_ppa()
        items = track(ppa)
        ahead = distribution.preview(SYSTEM, ppa, EQUAL)
        spend(items["Resources"], "5.00")
        with pytest.raises(Conflict, match="changed since this preview"):
            distribution.apply(SYSTEM, ppa, EQUAL, ahead.version, ahead)
        assert db.session.scalar(select(DistributionBatch.id)) is None

    def test_is_made_again_where_progress_was_reported_meanwhile(self) -> None:
        ppa = make_ppa()
        item = track(ppa)["Resources"]
        ahead = distribution.preview(SYSTEM, ppa, EQUAL)
        work_items.edit_item(SYSTEM, item, {"progress": Decimal(50)})
        distribution.apply(SYSTEM, ppa, EQUAL, ahead.version, ahead)
        db.session.expire_all()
        assert (item.progress, item.allocated_budget) == (Decimal(50), ahead.amounts[item.id])

    def test_its_version_is_the_next_previews(self) -> None:
        ppa = make_ppa()
        track(ppa)
        first = distribution.preview(SYSTEM, ppa, EQUAL)
        distribution.apply(SYSTEM, ppa, EQUAL, first.version, first)
        after = distribution.version_after(ppa, first)
        assert distribution.preview(SYSTEM, ppa, EQUAL).version == after != first.version


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("change", ["title", "budget", "template", "nothing"])
def test_a_project_planned_ahead_is_planned_again_where_its_basis_changed(change: str) -> None:
    ppa, options = make_ppa("1000.00"), Tracking(template="minimal")
    ahead = plan_ahead(SYSTEM, ppa, options)
    if change == "title":
        ppa.title = "Another title"
    elif change == "budget":
        ppa.budget_allocation = Decimal("2000.00")
    elif change == "template":
        template = db.session.scalars(select(StructureTemplate).filter_by(name="minimal")).one()
        template.outline = "task Another task 100\n"
    db.session.flush()
    root = enable_tracking(SYSTEM, ppa, options, ahead)
    assert (root.title, root.allocated_budget) == (ppa.title, ppa.budget_allocation)
    [below] = root.children
    expected = "Another task" if change == "template" else "Implementation"
    assert (below.title, below.allocated_budget) == (expected, ppa.budget_allocation)


Step = Callable[[User, PPA, WorkItem], Any]
STEPS: dict[str, Step] = {
    "edit an item": lambda actor, _ppa, item: work_items.edit_item(actor, item, {"title": "X"}),
    "add an item": lambda actor, _ppa, item: work_items.create_item(actor, item, {"title": "X"}),
    "delete an item": lambda actor, _ppa, item: work_items.delete_item(actor, item),
    "edit the PPA": lambda actor, ppa, _item: ppas.edit_ppa(actor, ppa, {"title": "X"}),
}


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS.keys())
@pytest.mark.parametrize("change", ["given away", "deleted"])
def test_what_was_given_away_or_deleted_before_the_lock_was_free_is_not_found(
    app: Flask, people, database: str, change: str, step: Step
) -> None:
    """Somebody else holds the PPA's lock, and commits while the step waits for it."""
    if database.startswith("sqlite"):
        pytest.skip("One writer at a time: whoever waits has read nothing yet.")
    ppa = make_ppa()
    item = track(ppa)["Resources"]
    mafar = db.session.scalars(select(Organization).filter_by(acronym="MAFAR")).one().id
    db.session.commit()
    actor = db.session.get_one(User, people.moa_staff)
    db.session.refresh(item)
    db.session.refresh(ppa)
    other = db.engine.connect()
    other.execute(text("SELECT 1 FROM ppa WHERE id = :key FOR UPDATE"), {"key": ppa.id})
    if change == "given away":
        sent = text("UPDATE ppa SET implementing_moa_id = :moa WHERE id = :key")
        other.execute(sent, {"moa": mafar, "key": ppa.id})
    elif step is STEPS["edit the PPA"]:
        other.execute(
            text(
                "UPDATE ppa SET execution_project_id = NULL, "
                "enable_workitem_tracking = false WHERE id = :key"
            ),
            {"key": ppa.id},
        )
        other.execute(text("DELETE FROM work_item WHERE ppa_id = :key"), {"key": ppa.id})
        other.execute(text("DELETE FROM ppa WHERE id = :key"), {"key": ppa.id})
    else:
        other.execute(text("DELETE FROM work_item WHERE id = :key"), {"key": item.id})
    waiting = threading.Timer(0.3, lambda: (other.commit(), other.close()))
    waiting.start()
    with pytest.raises(NotFound):
        step(actor, ppa, item)
    waiting.join()
