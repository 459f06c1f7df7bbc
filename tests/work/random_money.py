"""The random changes of a tree, with what people do to its money."""

from datetime import date
from decimal import Decimal

from hypothesis import strategies as st
from hypothesis.stateful import rule
from sqlalchemy import select

from obcms.budget import distribution
from obcms.budget.models import DistributionBatch
from obcms.budget.proposal import Request
from obcms.kernel.db.relations import loaded
from obcms.kernel.extensions import db
from obcms.kernel.permissions import SYSTEM
from obcms.kernel.rules.splitting import split_equally
from obcms.ppas.models import PPA
from obcms.spending import expenditures
from obcms.spending.models import Expenditure
from obcms.work import work_items
from obcms.work.models import WorkItem
from obcms.work.rules.choices import DistributionMethod, WorkStatus
from tests.work.random_tree import TreeChanges, amounts, picks

TODAY = date(2025, 6, 30)
BY_NUMBERS = (DistributionMethod.WEIGHTED, DistributionMethod.MANUAL)


class WorkTree(TreeChanges):
    """Everything that may change the figures of one PPA."""

    @rule(number=picks, amount=st.decimals("0.01", 90_000, places=2, allow_nan=False))
    def spend(self, number: int, amount: Decimal) -> None:
        with self.transaction("spend"):
            line = expenditures.NewExpenditure(TODAY, amount, "Supplies")
            expenditures.post_expenditure(SYSTEM, self.pick(number), line)

    @rule(number=picks)
    def void(self, number: int) -> None:
        line = self.pick_line(number)
        for _ in range(2):
            with self.transaction("void"):
                expenditures.void_expenditure(SYSTEM, line, "Entered twice")

    @rule(number=picks, by_service=st.booleans())
    def delete_what_has_money(self, number: int, by_service: bool) -> None:
        with self.transaction("delete"):
            item = db.session.get_one(WorkItem, self.pick_line(number).work_item_id)
            work_items.delete_item(SYSTEM, item) if by_service else db.session.delete(item)

    @rule(number=picks, amount=amounts.filter(bool))
    def alter_and_delete_a_posted_line(self, number: int, amount: Decimal) -> None:
        with self.transaction("alter a posted line"):
            self.pick_line(number).amount = amount
        with self.transaction("delete a posted line"):
            db.session.delete(self.pick_line(number))

    @rule(
        number=picks,
        method=st.sampled_from(BY_NUMBERS),
    )
    def distribute_by_numbers(self, number: int, method: DistributionMethod) -> None:
        self.apply(number, method, cascade=False)

    @rule(number=picks, method=st.sampled_from(list(DistributionMethod)), cascade=st.booleans())
    def distribute(self, number: int, method: DistributionMethod, cascade: bool) -> None:
        self.apply(number, method, cascade)

    @rule(number=picks)
    def distribute_to_one_without_a_share(self, number: int) -> None:
        with self.transaction("create"):
            work_items.create_item(SYSTEM, self.pick_parent(number), {"title": "Late"})
        self.apply(number, DistributionMethod.TEMPLATE, cascade=False)

    @rule(number=picks, which=st.integers(0, 2))
    def distribute_twice_and_undo(self, number: int, which: int) -> None:
        self.apply(number, DistributionMethod.EQUAL, cascade=True)
        self.apply(number, DistributionMethod.TEMPLATE, cascade=True)
        self.undo(which)
        self.undo(which)

    @rule(number=picks, budget=st.decimals(0, 9, places=2))
    def change_a_distributed_amount_and_undo(self, number: int, budget: Decimal) -> None:
        self.apply(number, DistributionMethod.EQUAL, cascade=True)
        with self.transaction("set_budget"):
            children = loaded(self.pick_parent(number), "children")
            children[number % len(children)].allocated_budget = budget
        self.undo(0)

    def apply(self, number: int, method: DistributionMethod, cascade: bool) -> None:
        with self.transaction(f"distribute {method}"):
            ppa, parent = db.session.get_one(PPA, self.ppa_id), self.pick_parent(number)
            if number % 9 == 0:
                parent = self.pick(number)
            request = Request(method, self.values(parent, method), parent.id, cascade)
            proposal = distribution.preview(SYSTEM, ppa, request)
            distribution.apply(SYSTEM, ppa, request, proposal.version)

    def values(self, parent: WorkItem, method: DistributionMethod) -> dict[int, str] | None:
        """The same for every open child, where the method asks for numbers."""
        children = loaded(parent, "children")
        open_ids = [one.id for one in children if one.status != WorkStatus.CANCELLED]
        if method not in BY_NUMBERS:
            return None
        kept = sum(one.spent_total for one in children if one.id not in open_ids)
        manual = method is DistributionMethod.MANUAL
        whole = (parent.allocated_budget or Decimal(0)) - kept if manual else Decimal(100)
        parts = split_equally(max(whole, Decimal(0)), len(open_ids)) if open_ids else []
        return {item_id: str(part) for item_id, part in zip(open_ids, parts, strict=True)}

    @rule(number=picks)
    def empty_and_rescale(self, number: int) -> None:
        with self.transaction("set_budget"):
            for child in loaded(self.pick_parent(number), "children"):
                child.allocated_budget = None
        self.apply(number, DistributionMethod.PROPORTIONAL, cascade=False)

    @rule(number=st.integers(0, 2))
    def undo(self, number: int) -> None:
        query = select(DistributionBatch).where(DistributionBatch.ppa_id == self.ppa_id)
        newest = db.session.scalars(query.order_by(DistributionBatch.id.desc()).limit(3)).all()
        if newest:
            with self.transaction("undo"):
                distribution.undo(SYSTEM, newest[number % len(newest)])

    def pick_line(self, number: int) -> Expenditure:
        """A posted line of the PPA; another one is posted where there is none."""
        query = select(Expenditure).join(WorkItem).where(WorkItem.ppa_id == self.ppa_id)
        lines = db.session.scalars(query.order_by(Expenditure.id)).all()
        if lines:
            return lines[number % len(lines)]
        new = expenditures.NewExpenditure(TODAY, Decimal(1), "Supplies")
        line = expenditures.post_expenditure(SYSTEM, self.pick(number), new)
        db.session.commit()
        return line
