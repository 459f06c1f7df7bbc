"""The open work items that are due soon or overdue, with those who work on them."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Select, or_, select

from obcms.kernel.extensions import db
from obcms.kernel.permissions import Permission, allows
from obcms.people.models import User
from obcms.ppas.models import PPA
from obcms.ppas.rules.choices import PPAStatus
from obcms.work.models.work_item import WorkItem, work_item_assignee
from obcms.work.rules.choices import WorkStatus

DONE = (WorkStatus.COMPLETED, WorkStatus.CANCELLED)


@dataclass(frozen=True, slots=True)
class DueItem:
    """A work item with its due date, percent 0–100 of progress, and its PPA where it has one."""

    id: int
    title: str
    end_date: date
    progress: Decimal
    status: WorkStatus
    ppa_id: int | None
    code: str | None
    implementing_moa_id: int | None


def due_items(first: date, last: date) -> dict[DueItem, list[User]]:
    """The items due between these days, both included, with their assignees; one query.

    Only items that somebody still works on: not completed or cancelled, of a PPA that is tracked
    and not cancelled, and with assignees who are active and may see the PPA.
    """
    found: dict[DueItem, list[User]] = {}
    for *columns, user in db.session.execute(_query(first, last)):
        item = DueItem(*columns)
        if allows(user, Permission.PPA_VIEW, item):
            found.setdefault(item, []).append(user)
    return found


def _query(first: date, last: date) -> Select:
    is_live = PPA.enable_workitem_tracking & (PPA.status != PPAStatus.CANCELLED)
    return (
        select(
            WorkItem.id,
            WorkItem.title,
            WorkItem.end_date,
            WorkItem.progress,
            WorkItem.status,
            WorkItem.ppa_id,
            PPA.code,
            PPA.implementing_moa_id,
            User,
        )
        .join(work_item_assignee, work_item_assignee.c.work_item_id == WorkItem.id)
        .join(User, User.id == work_item_assignee.c.user_id)
        .outerjoin(PPA, PPA.id == WorkItem.ppa_id)
        .where(
            WorkItem.end_date.between(first, last),
            WorkItem.status.not_in(DONE),
            or_(WorkItem.ppa_id.is_(None), is_live),
            User.is_active,
        )
        .order_by(WorkItem.end_date, WorkItem.id, User.id)
    )
