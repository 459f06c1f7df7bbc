"""What was read before the lock is looked at again under it (SPEC 5, 8)."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from obcms.budget import distribution
from obcms.budget.models import DistributionBatch
from obcms.budget.proposal import Request
from obcms.kernel.db.relations import loaded
from obcms.kernel.errors import Conflict
from obcms.kernel.extensions import db
from obcms.kernel.permissions import SYSTEM
from obcms.ppas.access import lock_ppa
from obcms.ppas.models import PPA
from obcms.work import tracking, work_items
from obcms.work.models import StructureTemplate
from obcms.work.rules.choices import DistributionMethod
from obcms.work.tracking import Tracking, enable_tracking
from tests.support.factories import make_ppa, spend, track

EQUAL = Request(DistributionMethod.EQUAL, cascade=True)


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], Any]], None]:
    """Does something right before the lock is taken for the first time, as if by somebody else."""

    def arrange(deed: Callable[[], Any]) -> None:
        waiting = [deed]

        def lock(actor: Any, ppa: PPA) -> None:
            if waiting:
                waiting.pop()()
            lock_ppa(actor, ppa)

        monkeypatch.setattr(distribution, "lock_ppa", lock)
        monkeypatch.setattr(tracking, "lock_ppa", lock)

    return arrange


@pytest.mark.usefixtures("app")
class TestADistribution:
    def test_is_written_as_it_was_previewed(self) -> None:
        ppa = make_ppa("1000000.01")
        track(ppa)
        seen = distribution.preview(SYSTEM, ppa, EQUAL)
        applied = distribution.apply(SYSTEM, ppa, EQUAL, seen.version)
        assert applied.proposal.lines == seen.lines
        assert applied.batch.after == {str(key): str(one) for key, one in seen.amounts.items()}

    def test_is_a_conflict_where_money_is_spent_before_the_lock(self, meanwhile) -> None:
        ppa = make_ppa()
        item = track(ppa)["Resources"]
        version = distribution.preview(SYSTEM, ppa, EQUAL).version
        meanwhile(lambda: spend(item, "5.00"))
        with pytest.raises(Conflict, match="changed since this preview"):
            distribution.apply(SYSTEM, ppa, EQUAL, version)
        assert db.session.scalar(select(DistributionBatch.id)) is None

    def test_goes_on_where_progress_is_reported_before_the_lock(self, meanwhile) -> None:
        ppa = make_ppa()
        item = track(ppa)["Resources"]
        seen = distribution.preview(SYSTEM, ppa, EQUAL)
        meanwhile(lambda: work_items.edit_item(SYSTEM, item, {"progress": Decimal(50)}))
        distribution.apply(SYSTEM, ppa, EQUAL, seen.version)
        db.session.expire_all()
        assert (item.progress, item.allocated_budget) == (Decimal(50), seen.amounts[item.id])

    def test_is_refused_where_tracking_is_disabled_before_the_lock(self, meanwhile) -> None:
        ppa = make_ppa()
        track(ppa)
        version = distribution.preview(SYSTEM, ppa, EQUAL).version
        meanwhile(lambda: tracking.disable_tracking(SYSTEM, ppa, "Ended"))
        with pytest.raises(Conflict, match="can be read, not changed"):
            distribution.apply(SYSTEM, ppa, EQUAL, version)

    def test_answers_the_version_that_the_next_preview_has(self) -> None:
        ppa = make_ppa()
        track(ppa)
        version = distribution.preview(SYSTEM, ppa, EQUAL).version
        applied = distribution.apply(SYSTEM, ppa, EQUAL, version)
        assert distribution.preview(SYSTEM, ppa, EQUAL).version == applied.version != version


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("change", ["title", "budget", "template", "nothing"])
def test_a_project_is_planned_from_what_stands_under_the_lock(meanwhile, change: str) -> None:
    ppa = make_ppa("1000.00")

    def deed() -> None:
        if change == "title":
            ppa.title = "Another title"
        elif change == "budget":
            ppa.budget_allocation = Decimal("2000.00")
        elif change == "template":
            template = db.session.scalars(select(StructureTemplate).filter_by(name="minimal")).one()
            template.outline = "task Another task 100\n"
        db.session.flush()

    meanwhile(deed)
    root = enable_tracking(SYSTEM, ppa, Tracking(template="minimal"))
    assert root.title == ("Another title" if change == "title" else "Barangay health workers")
    assert root.allocated_budget == Decimal("2000.00" if change == "budget" else "1000.00")
    [below] = loaded(root, "children")
    expected = "Another task" if change == "template" else "Implementation"
    assert (below.title, below.allocated_budget) == (expected, root.allocated_budget)
