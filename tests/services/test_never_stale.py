"""Whatever path changes take, stored figures equal a recomputation from scratch (SPEC 4, 5)."""

import contextlib
from datetime import date, timedelta
from decimal import Decimal
from itertools import count

from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from obcms.budget import distribution
from obcms.budget.proposal import Request
from obcms.kernel.errors import ObcmsError
from obcms.kernel.extensions import db
from obcms.kernel.permissions import SYSTEM
from obcms.organizations.models import Organization
from obcms.ppas.models import PPA
from obcms.ppas.rules.choices import ProgressWeighting
from obcms.spending import expenditures
from obcms.spending.models import Expenditure
from obcms.work import work_items
from obcms.work.duplicate import duplicate_item
from obcms.work.models import WorkItem
from obcms.work.move import move_item
from obcms.work.rules.choices import DistributionMethod, WorkStatus
from obcms.work.rules.structure import CHILD_TYPES
from obcms.work.tracking import Tracking, enable_tracking
from tests.services.oracle import stored_and_expected
from tests.support.html_form import opened_form, send_form

BUDGET = Decimal("1000000.01")
TODAY = date(2025, 6, 30)
numbers = count(1)
picks = st.integers(0, 10_000)
amounts = st.none() | st.decimals(0, 400_000, places=2, allow_nan=False)
progresses = st.decimals(0, 100, places=2, allow_nan=False)
statuses = st.sampled_from(list(WorkStatus))


class WorkTree(RuleBasedStateMachine):
    """People change one PPA's tree through services, admin forms and plain session use."""

    app: Flask
    sign_in: object

    @initialize(weighting=st.sampled_from(list(ProgressWeighting)))
    def track_a_ppa(self, weighting: ProgressWeighting) -> None:
        self.context = self.app.app_context()
        self.context.push()
        moa = db.session.scalars(select(Organization)).first()
        ppa = PPA(
            code=f"X-{next(numbers)}",
            title="Rural health",
            implementing_moa_id=moa.id,
            fiscal_year=2025,
            budget_allocation=BUDGET,
            start_date=date(2025, 1, 6),
            target_end_date=date(2025, 12, 19),
            progress_weighting=weighting,
        )
        db.session.add(ppa)
        db.session.commit()
        enable_tracking(SYSTEM, ppa, Tracking(template="activity"))
        db.session.commit()
        self.ppa_id = ppa.id

    def teardown(self) -> None:
        if hasattr(self, "context"):
            db.session.remove()
            self.context.pop()

    def pick(self, number: int) -> WorkItem:
        query = select(WorkItem).where(WorkItem.ppa_id == self.ppa_id).order_by(WorkItem.id)
        items = db.session.scalars(query).all()
        return items[number % len(items)]

    @contextlib.contextmanager
    def transaction(self):
        """A change that is refused must leave no trace; one that is not is committed."""
        try:
            yield
            db.session.commit()
        except (ObcmsError, IntegrityError):
            db.session.rollback()

    @rule(number=picks, kind=picks, budget=amounts, by_service=st.booleans())
    def create(self, number: int, kind: int, budget: Decimal | None, by_service: bool) -> None:
        with self.transaction():
            parent = self.pick(number)
            allowed = CHILD_TYPES[parent.work_type]
            values = {
                "work_type": allowed[kind % len(allowed)],
                "title": f"Added {kind}",
                "allocated_budget": budget,
            }
            if by_service:
                work_items.create_item(SYSTEM, parent, values)
            else:
                db.session.add(WorkItem(parent_id=parent.id, position=kind, **values))

    @rule(number=picks, progress=progresses, by_service=st.booleans())
    def report_progress(self, number: int, progress: Decimal, by_service: bool) -> None:
        with self.transaction():
            item = self.pick(number)
            if by_service:
                work_items.edit_item(SYSTEM, item, {"progress": progress})
            else:
                item.progress = progress

    @rule(number=picks, status=statuses)
    def set_status(self, number: int, status: WorkStatus) -> None:
        with self.transaction():
            self.pick(number).status = status

    @rule(number=picks, budget=amounts)
    def set_budget(self, number: int, budget: Decimal | None) -> None:
        with self.transaction():
            self.pick(number).allocated_budget = budget

    @rule(number=picks, start=st.integers(0, 300), days=st.integers(0, 60))
    def set_dates(self, number: int, start: int, days: int) -> None:
        with self.transaction():
            item = self.pick(number)
            item.start_date = date(2025, 1, 1) + timedelta(start)
            item.end_date = item.start_date + timedelta(days)

    @rule(number=picks, automatic=st.booleans())
    def switch_calculation(self, number: int, automatic: bool) -> None:
        with self.transaction():
            self.pick(number).auto_calculate_progress = automatic

    @rule(number=picks, below=picks, position=st.none() | st.integers(0, 3), plain=st.booleans())
    def move(self, number: int, below: int, position: int | None, plain: bool) -> None:
        with self.transaction():
            item, parent = self.pick(number), self.pick(below)
            if plain:
                item.parent_id = parent.id
            else:
                move_item(SYSTEM, item, parent, position)

    @rule(number=picks)
    def cancel(self, number: int) -> None:
        with self.transaction():
            work_items.cancel_item(SYSTEM, self.pick(number))

    @rule(number=picks, by_service=st.booleans())
    def delete(self, number: int, by_service: bool) -> None:
        with self.transaction():
            item = self.pick(number)
            if by_service:
                work_items.delete_item(SYSTEM, item)
            else:
                db.session.delete(item)

    @rule(number=picks, subtree=st.booleans())
    def duplicate(self, number: int, subtree: bool) -> None:
        with self.transaction():
            duplicate_item(SYSTEM, self.pick(number), subtree)

    @rule(number=picks, amount=st.decimals("0.01", 90_000, places=2, allow_nan=False))
    def spend(self, number: int, amount: Decimal) -> None:
        with self.transaction():
            line = expenditures.NewExpenditure(TODAY, amount, "Supplies")
            expenditures.post_expenditure(SYSTEM, self.pick(number), line)

    @rule(number=picks)
    def void(self, number: int) -> None:
        with self.transaction():
            lines = db.session.scalars(select(Expenditure).order_by(Expenditure.id)).all()
            if lines:
                expenditures.void_expenditure(SYSTEM, lines[number % len(lines)], "Entered twice")

    @rule(number=picks, method=st.sampled_from(list(DistributionMethod)), cascade=st.booleans())
    def distribute(self, number: int, method: DistributionMethod, cascade: bool) -> None:
        with self.transaction():
            ppa = db.session.get_one(PPA, self.ppa_id)
            request = Request(method, None, self.pick(number).id, cascade)
            proposal = distribution.preview(SYSTEM, ppa, request)
            distribution.apply(SYSTEM, ppa, request, proposal.version)

    @rule(number=picks, title=st.sampled_from(["Health", "Water"]), progress=progresses)
    def edit_in_the_admin_form(self, number: int, title: str, progress: Decimal) -> None:
        item_id = self.pick(number).id
        # A request has a context of its own, as in production.
        db.session.remove()
        self.context.pop()
        address = f"/admin/work-item/edit/?id={item_id}"
        form = opened_form(self.sign_in, address)
        changes = {"progress": str(progress)} if "progress" in form else {}
        answer = send_form(self.sign_in, address, form, title=title, **changes)
        self.context = self.app.app_context()
        self.context.push()
        assert answer.status_code == 302, answer.text

    @rule(weighting=st.sampled_from(list(ProgressWeighting)))
    def weigh_otherwise(self, weighting: ProgressWeighting) -> None:
        with self.transaction():
            db.session.get_one(PPA, self.ppa_id).progress_weighting = weighting

    @invariant()
    def stored_equals_recomputed(self) -> None:
        ppa = db.session.get_one(PPA, self.ppa_id, populate_existing=True)
        stored, expected = stored_and_expected(db.session(), ppa)
        assert stored == expected
        root = stored[ppa.execution_project_id]
        assert ppa.progress == root.progress
        for item_id, figures in stored.items():
            own = db.session.get_one(WorkItem, item_id).allocated_budget
            if own is not None and figures.distributed is not None:
                assert figures.distributed <= own
        db.session.rollback()


def test_stored_figures_equal_a_recomputation(app: Flask, people, sign_in_as) -> None:
    WorkTree.app = app
    WorkTree.sign_in = sign_in_as(people.administrator)
    run_state_machine_as_test(
        WorkTree,
        settings=settings(
            max_examples=25,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
