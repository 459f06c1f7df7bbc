"""People who change one PPA's tree at random, by verbs, admin forms and the bare session."""

import contextlib
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from flask import Flask
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
)
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from obcms.kernel.db.relations import loaded
from obcms.kernel.errors import ObcmsError
from obcms.kernel.extensions import db
from obcms.kernel.permissions import SYSTEM
from obcms.ppas.models import PPA
from obcms.ppas.rules.choices import PPAStatus, ProgressWeighting
from obcms.work import work_items
from obcms.work.duplicate import duplicate_item
from obcms.work.models import WorkItem
from obcms.work.move import move_item
from obcms.work.rules.choices import WorkStatus
from obcms.work.rules.structure import CHILD_TYPES
from obcms.work.tracking import disable_tracking, enable_tracking
from tests.support.factories import make_ppa, track
from tests.support.html_form import opened_form, send_form
from tests.work.oracle import stored_and_expected
from tests.work.reach import Reach

TRACKABLE = (PPAStatus.PLANNING, PPAStatus.ONGOING)
picks = st.sampled_from(range(1000))  # evenly: integers would mostly be small ones
amounts = st.none() | st.decimals(0, 400_000, places=2, allow_nan=False)
progresses = st.decimals(0, 100, places=2, allow_nan=False)
statuses = st.sampled_from(list(WorkStatus))


class TreeChanges(RuleBasedStateMachine):
    """`reach` counts what was done and what was refused, over all examples of a run."""

    app: Flask
    sign_in: object
    reach: Reach

    @initialize(weighting=st.sampled_from(list(ProgressWeighting)))
    def track_a_ppa(self, weighting: ProgressWeighting) -> None:
        self.context = self.app.app_context()
        self.context.push()
        ppa = make_ppa("1000000.01", progress_weighting=weighting)
        track(ppa)
        db.session.commit()
        self.ppa_id = ppa.id

    def teardown(self) -> None:
        if hasattr(self, "context"):
            db.session.remove()
            self.context.pop()

    def pick(self, number: int) -> WorkItem:
        query = select(WorkItem).where(WorkItem.ppa_id == self.ppa_id).order_by(WorkItem.id)
        items = db.session.scalars(query).all()
        return items[0 if number % 10 == 0 else number % len(items)]

    def pick_parent(self, number: int) -> WorkItem:
        """One that has something below it."""
        below = select(WorkItem.parent_id).where(WorkItem.ppa_id == self.ppa_id)
        query = select(WorkItem).where(WorkItem.id.in_(below)).order_by(WorkItem.id)
        items = db.session.scalars(query).all()
        return items[number % len(items)] if items else self.pick(number)

    def pick_place(self, number: int, below: int) -> WorkItem:
        """Where to move an item: mostly below one that takes it, at times below one of its own."""
        item, query = self.pick(number), select(WorkItem).where(WorkItem.ppa_id == self.ppa_id)
        if below % 7 == 0:
            return below_it[0] if (below_it := loaded(item, "children")) else self.pick(below)
        takes_it = [kind for kind, below in CHILD_TYPES.items() if item.work_type in below]
        query = query.where(WorkItem.work_type.in_(takes_it)).order_by(WorkItem.id)
        places = db.session.scalars(query).all()
        return places[below % len(places)] if below % 3 and places else self.pick(below)

    @contextlib.contextmanager
    def transaction(self, kind: str) -> Iterator[None]:
        """A change that is refused must leave no trace; one that is not is committed."""
        try:
            yield
            db.session.commit()
        except (ObcmsError, IntegrityError) as refusal:
            db.session.rollback()
            self.reach.note_refusal(kind, str(refusal))
        else:
            self.reach.done[kind] += 1

    @rule(number=picks, kind=picks, budget=amounts, by_service=st.booleans())
    def create(self, number: int, kind: int, budget: Decimal | None, by_service: bool) -> None:
        with self.transaction("create"):
            parent = self.pick(number)
            allowed = CHILD_TYPES[parent.work_type]
            values = {"work_type": allowed[kind % len(allowed)], "title": f"Added {kind}"}
            values["allocated_budget"] = budget
            if by_service:
                work_items.create_item(SYSTEM, parent, values)
            else:
                db.session.add(WorkItem(parent_id=parent.id, position=kind, **values))

    @rule(number=picks)
    def dig(self, number: int) -> None:
        """One below the other, until the tree is too deep."""
        above = self.pick(number).id if number % 3 == 0 else None
        while above is not None:
            item_id, above = above, None
            with self.transaction("dig"):
                item = db.session.get_one(WorkItem, item_id)
                values = {"work_type": CHILD_TYPES[item.work_type][-1], "title": "Deeper"}
                above = work_items.create_item(SYSTEM, item, values).id

    @rule(number=picks, progress=progresses, by_service=st.booleans())
    def report_progress(self, number: int, progress: Decimal, by_service: bool) -> None:
        with self.transaction("report_progress"):
            item = self.pick(number) if number % 3 else self.pick_parent(number)
            if by_service:
                work_items.edit_item(SYSTEM, item, {"progress": progress})
            else:
                item.progress = progress

    @rule(number=picks, status=statuses)
    def set_status(self, number: int, status: WorkStatus) -> None:
        with self.transaction("set_status"):
            self.pick(number).status = status

    @rule(number=picks, budget=amounts)
    def set_budget(self, number: int, budget: Decimal | None) -> None:
        with self.transaction("set_budget"):
            self.pick(number).allocated_budget = budget

    @rule(number=picks, start=st.integers(0, 300), days=st.integers(0, 60))
    def set_dates(self, number: int, start: int, days: int) -> None:
        with self.transaction("set_dates"):
            item, first = self.pick(number), date(2025, 1, 1) + timedelta(start)
            item.start_date, item.end_date = first, first + timedelta(days)

    @rule(number=picks, automatic=st.booleans())
    def switch_calculation(self, number: int, automatic: bool) -> None:
        with self.transaction("switch_calculation"):
            self.pick(number).auto_calculate_progress = automatic

    @rule(number=picks, below=picks, position=st.none() | st.integers(0, 3), plain=st.booleans())
    def move(self, number: int, below: int, position: int | None, plain: bool) -> None:
        with self.transaction("move"):
            item, parent = self.pick(number), self.pick_place(number, below)
            if plain:
                item.parent_id = parent.id
            else:
                move_item(SYSTEM, item, parent, position)

    @rule(number=picks)
    def meddle_with_the_root(self, number: int) -> None:
        root_id = db.session.get_one(PPA, self.ppa_id).execution_project_id
        for change in (
            lambda root, item: move_item(SYSTEM, item, item, None),
            lambda root, item: move_item(SYSTEM, root, item, None),
            lambda root, _: duplicate_item(SYSTEM, root, True),
            lambda root, _: work_items.edit_item(SYSTEM, root, {"allocated_budget": Decimal(5)}),
            lambda root, _: work_items.edit_item(SYSTEM, root, {"progress": Decimal(50)}),
            lambda root, _: db.session.delete(root),
        ):
            with self.transaction("meddle"):
                change(db.session.get_one(WorkItem, root_id), self.pick(number | 1))

    @rule(number=picks)
    def cancel(self, number: int) -> None:
        with self.transaction("cancel"):
            work_items.cancel_item(SYSTEM, self.pick(number))

    @rule(number=picks, by_service=st.booleans())
    def delete(self, number: int, by_service: bool) -> None:
        with self.transaction("delete"):
            item = self.pick(number)
            if by_service:
                work_items.delete_item(SYSTEM, item)
            else:
                db.session.delete(item)

    @rule(number=picks, subtree=st.booleans())
    def duplicate(self, number: int, subtree: bool) -> None:
        with self.transaction("duplicate"):
            duplicate_item(SYSTEM, self.pick(number), subtree)

    @rule(number=picks)
    def hide_and_bring_back(self, number: int) -> None:
        """Only where it can come back: enabling asks for a PPA in planning or ongoing."""
        if db.session.get_one(PPA, self.ppa_id).status not in TRACKABLE:
            return
        for change in (
            lambda ppa, _item: disable_tracking(SYSTEM, ppa, "Ended"),
            lambda _ppa, item: work_items.cancel_item(SYSTEM, item),
            lambda ppa, _item: enable_tracking(SYSTEM, ppa),
        ):
            with self.transaction("hide_and_bring_back"):
                change(db.session.get_one(PPA, self.ppa_id), self.pick(number))

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
        self.reach.done["edit_in_the_admin_form"] += 1

    @rule(weighting=st.sampled_from(list(ProgressWeighting)))
    def weigh_otherwise(self, weighting: ProgressWeighting) -> None:
        with self.transaction("weigh_otherwise"):
            db.session.get_one(PPA, self.ppa_id).progress_weighting = weighting

    @invariant()
    def stored_equals_recomputed(self) -> None:
        ppa = db.session.get_one(PPA, self.ppa_id, populate_existing=True)
        stored, expected = stored_and_expected(db.session(), ppa)
        assert stored == expected
        root = stored[ppa.execution_project_id]
        assert ppa.progress == root.progress
        budgets = select(WorkItem.id, WorkItem.allocated_budget).where(WorkItem.ppa_id == ppa.id)
        for item_id, own in db.session.execute(budgets):
            figures = stored[item_id]
            if own is not None and figures.distributed is not None:
                assert figures.distributed <= own
        db.session.rollback()
