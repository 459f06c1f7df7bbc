"""The rows behind an alert: the items and the expenditure lines that make its figure."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from obcms.alerts.models import Alert
from obcms.alerts.rules.choices import AlertKind
from obcms.kernel.extensions import db
from obcms.ppas.models import PPA
from obcms.spending.models import Expenditure
from obcms.work.models import WorkItem

SHOWN = 50


@dataclass(frozen=True, slots=True)
class RowsBehind:
    """The items directly below the subject, and the posted lines on it and below, largest first.

    `lines_in_all` counts them where not all are shown; `is_there`: the PPA still exists.
    """

    items: Sequence[WorkItem]
    lines: Sequence[Expenditure]
    lines_in_all: int
    titles: dict[int, str]
    is_there: bool


def rows_behind(alert: Alert) -> RowsBehind:
    """In five queries, whatever the size of the tree."""
    root_id = alert.work_item_id or db.session.scalar(
        select(PPA.execution_project_id).where(PPA.id == alert.ppa_id)
    )
    is_there = db.session.scalar(select(PPA.id).where(PPA.id == alert.ppa_id)) is not None
    children = select(WorkItem).where(WorkItem.parent_id == (root_id or 0))
    items = db.session.scalars(children.order_by(WorkItem.position, WorkItem.id)).all()
    if alert.kind is AlertKind.OVER_DISTRIBUTED:
        return RowsBehind(items, (), 0, {}, is_there)
    below = select(WorkItem.id).where(WorkItem.id == (root_id or 0)).cte("below", recursive=True)
    below = below.union(select(WorkItem.id).join(below, WorkItem.parent_id == below.c.id))
    counted = Expenditure.work_item_id.in_(select(below.c.id)), Expenditure.voided_at.is_(None)
    query = select(Expenditure, WorkItem.title).join(WorkItem).where(*counted)
    query = query.options(joinedload(Expenditure.posted_by))
    query = query.order_by(Expenditure.amount.desc(), Expenditure.id).limit(SHOWN)
    found = db.session.execute(query).all()
    in_all = db.session.scalar(select(func.count(Expenditure.id)).where(*counted)) or 0
    titles = {line.work_item_id: title for line, title in found}
    return RowsBehind(items, [line for line, _ in found], in_all, titles, is_there)
