"""What was spent on work items, summed over the posted lines."""

from collections.abc import Collection, Iterable

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from obcms.spending.models import Expenditure
from obcms.work.models import WorkItem
from obcms.work.spent import AmountsByItem, KeyColumn


def by_item(session: Session, item_ids: Collection[int]) -> AmountsByItem:
    """Pesos posted and not voided, by work item; items without a line are left out."""
    query = (
        select(Expenditure.work_item_id, func.sum(Expenditure.amount))
        .where(Expenditure.work_item_id.in_(item_ids), Expenditure.voided_at.is_(None))
        .group_by(Expenditure.work_item_id)
    )
    return dict(session.connection().execute(query).tuples().all())


def in_trees(session: Session, ppa_ids: Iterable[int]) -> AmountsByItem:
    """Pesos posted and not voided, by work item, for every item of these PPAs."""
    query = (
        select(Expenditure.work_item_id, func.sum(Expenditure.amount))
        .join(WorkItem, WorkItem.id == Expenditure.work_item_id)
        .where(WorkItem.tree_key.in_(list(ppa_ids)), Expenditure.voided_at.is_(None))
        .group_by(Expenditure.work_item_id)
    )
    return dict(session.connection().execute(query).tuples().all())


def posted_on(session: Session, item_ids: Collection[int]) -> set[int]:
    """Those of the items that have a line, voided ones included."""
    lines = select(Expenditure.work_item_id).where(Expenditure.work_item_id.in_(item_ids))
    return set(session.execute(lines.distinct()).scalars())


def posted_in_tree(ppa_id: KeyColumn) -> ColumnElement[bool]:
    """Whether an item of the PPA has a line, voided ones included, as a condition for queries."""
    line = select(Expenditure.id).join(WorkItem, WorkItem.id == Expenditure.work_item_id)
    return line.where(WorkItem.ppa_id == ppa_id).exists()
