"""What alerts may be about: the tracked PPAs of a batch, and those of their items that count.

Plain columns, a fixed number of queries for each batch, whatever the size of the trees.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import ColumnElement, Integer, Select, and_, literal, or_, select
from sqlalchemy.orm import Session

from obcms.alerts.rules.lifecycle import Limits
from obcms.ppas.models import PPA
from obcms.ppas.rules.choices import PPAStatus
from obcms.work.models import WorkItem
from obcms.work.rules.choices import WorkStatus

ITEM = WorkItem.__table__.c
# Which PPAs may have alerts.
WATCHED = and_(
    PPA.enable_workitem_tracking,
    PPA.execution_project_id.is_not(None),
    PPA.status != PPAStatus.CANCELLED,
)


class Subject(NamedTuple):
    """A PPA or one of its items: amounts in pesos, `item_id` None for the PPA itself."""

    ppa_id: int
    item_id: int | None
    moa_id: int | None
    code: str
    title: str
    allocated: Decimal | None
    own: Decimal | None
    distributed: Decimal | None
    spent: Decimal
    start: date | None
    end: date | None
    done: bool

    @property
    def key(self) -> str:
        """As alerts name their subject."""
        return f"ppa {self.ppa_id}" if self.item_id is None else f"item {self.item_id}"


def tracked_batches(session: Session, size: int) -> Iterator[Sequence[int]]:
    """The ids of the tracked PPAs that are not cancelled, `size` at a time."""
    last = 0
    query = select(PPA.id).where(WATCHED).order_by(PPA.id).limit(size)
    while ids := session.connection().scalars(query.where(PPA.id > last)).all():
        yield ids
        last = ids[-1]


def read_ppas(session: Session, ppa_ids: Collection[int]) -> list[Subject]:
    """The PPAs, with what was spent on their work trees."""
    query = (
        select(
            PPA.id,
            literal(None, Integer),
            PPA.implementing_moa_id,
            PPA.code,
            PPA.title,
            PPA.budget_allocation,
            PPA.budget_allocation.label("own"),
            ITEM.distributed,
            ITEM.spent_total,
            PPA.start_date,
            PPA.target_end_date,
            PPA.status == PPAStatus.COMPLETED,
        )
        .join(WorkItem, ITEM.id == PPA.execution_project_id)
        .where(PPA.id.in_(ppa_ids))
        .order_by(PPA.id)
    )
    return list(map(Subject._make, session.connection().execute(query)))


def read_items(
    session: Session,
    ppas: Collection[Subject],
    open_ids: Collection[int],
    overspent: Limits,
    ahead: Limits,
) -> list[Subject]:
    """The items below the roots that may need an alert, or have one (`open_ids`).

    Left out are those that are cancelled, themselves or above.
    """
    ids = [ppa.ppa_id for ppa in ppas]
    query = (
        select(
            ITEM.ppa_id,
            ITEM.id,
            PPA.implementing_moa_id,
            PPA.code,
            ITEM.title,
            ITEM.effective_allocation,
            ITEM.allocated_budget,
            ITEM.distributed,
            ITEM.spent_total,
            ITEM.start_date,
            ITEM.end_date,
            ITEM.status == WorkStatus.COMPLETED,
        )
        .join(PPA, PPA.id == ITEM.ppa_id)
        .where(
            ITEM.ppa_id.in_(ids),
            ITEM.parent_id.is_not(None),
            or_(_may_need_one(overspent, ahead), ITEM.id.in_(open_ids)),
        )
        .order_by(ITEM.id)
    )
    connection = session.connection()
    found = list(map(Subject._make, connection.execute(query)))
    off = set(connection.scalars(_cancelled_below(ids)))
    return [one for one in found if one.item_id not in off]


def _may_need_one(overspent: Limits, ahead: Limits) -> ColumnElement[bool]:
    """A quick look that lets through whatever the rules may find: percents in whole numbers."""
    used = ITEM.spent_total * _whole(10_000)
    return or_(
        used > ITEM.effective_allocation * _whole(10_000 + int(overspent.high * 100)),
        (used > ITEM.effective_allocation * _whole(int(ahead.high * 100)))
        & ITEM.start_date.is_not(None)
        & ITEM.end_date.is_not(None),
        ITEM.distributed > ITEM.allocated_budget,
    )


def _whole(number: int) -> ColumnElement[int]:
    return literal(number, Integer)


def _cancelled_below(ppa_ids: Collection[int]) -> Select[tuple[int]]:
    """The cancelled items of these PPAs and all below them."""
    off = select(ITEM.id).where(ITEM.ppa_id.in_(ppa_ids), ITEM.status == WorkStatus.CANCELLED)
    off = off.cte("off", recursive=True)
    off = off.union(select(ITEM.id).join(off, ITEM.parent_id == off.c.id))
    return select(off.c.id)
