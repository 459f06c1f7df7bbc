"""Before a flush: what a change by hand implies for the same row, and what is refused outright.

These are rules that no path may miss (SPEC 3, 4, 5, 6), so they sit in the session, not in forms.
"""

from collections.abc import Iterable
from decimal import Decimal

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from obcms.kernel.db.before import value_before
from obcms.kernel.db.relations import loaded
from obcms.kernel.db.types import utc_now
from obcms.kernel.errors import Conflict, Invalid, Problem
from obcms.ppas.locks import lock_trees
from obcms.ppas.models import PPA
from obcms.work.models import WorkItem
from obcms.work.rules.choices import WorkStatus
from obcms.work.rules.status import settle_by_hand

# What an execution project takes from its PPA: the names there and here.
FOLLOWED = {"title": "title", "start_date": "start_date", "target_end_date": "end_date"}


def settle_items(session: Session, _context: object) -> None:
    """Locks the trees that change, settles each changed item, and keeps execution projects."""
    with session.no_autoflush:
        _let_roots_follow(session)
        changed = [item for item in [*session.new, *session.dirty] if isinstance(item, WorkItem)]
        for item in changed:
            _inherit_ppa(session, item)
        deleted = [item for item in session.deleted if isinstance(item, WorkItem)]
        lock_trees(session, _ppa_ids([*changed, *deleted]))
        for item in changed:
            _settle(item)
            _refuse_leaving_the_ppa(session, item)
        _keep_execution_projects(session, deleted)
        for item in deleted:
            loaded(item, "parent")  # the session orders deletions by it, and would ask unseen


def _let_roots_follow(session: Session) -> None:
    """Titles and dates every execution project after its PPA, which is about to change (SPEC 3)."""
    roots = {
        ppa.execution_project_id: ppa
        for ppa in session.dirty
        if isinstance(ppa, PPA)
        and any(inspect(ppa).attrs[name].history.has_changes() for name in FOLLOWED)
    }
    roots.pop(None, None)
    if not roots:
        return
    lock_trees(session, {ppa.id for ppa in roots.values()})
    edited = [item for item in session.dirty if isinstance(item, WorkItem) and item.id in roots]
    others = roots.keys() - {item.id for item in edited}
    query = select(WorkItem).where(WorkItem.id.in_(others))
    found = session.scalars(query.execution_options(populate_existing=True))
    for root in [*edited, *found]:
        for name, followed in FOLLOWED.items():
            value = getattr(roots[root.id], name)
            if getattr(root, followed) != value:
                setattr(root, followed, value)


def _refuse_leaving_the_ppa(session: Session, item: WorkItem) -> None:
    """Raises Invalid where an execution project gets a title or dates of its own."""
    if item.parent_id is not None or item.ppa_id is None or item.parent is not None:
        return
    changed = [
        (name, followed)
        for name, followed in FOLLOWED.items()
        if inspect(item).attrs[followed].history.has_changes()
    ]
    ppa = session.get(PPA, item.ppa_id) if changed else None
    if ppa is None or ppa.execution_project_id != item.id:
        return
    if problems := [
        Problem(f"The execution project takes this from {ppa.code}. Change it there.", followed)
        for name, followed in changed
        if getattr(item, followed) != getattr(ppa, name)
    ]:
        raise Invalid(problems)


def _ppa_ids(items: Iterable[WorkItem]) -> set[int]:
    ids = {item.ppa_id if item.ppa_id is not None else item.ppa and item.ppa.id for item in items}
    return {ppa_id for ppa_id in ids if ppa_id is not None}


def _inherit_ppa(session: Session, item: WorkItem) -> None:
    if item.ppa_id is not None or item.ppa is not None:
        return
    parent = item.parent
    if parent is None and item.parent_id is not None:
        parent = session.get(WorkItem, item.parent_id)
    if parent is not None:
        item.ppa_id, item.ppa = parent.ppa_id, loaded(parent, "ppa")


def _settle(item: WorkItem) -> None:
    item.status = WorkStatus(item.status or WorkStatus.NOT_STARTED)
    item.progress = Decimal(0) if item.progress is None else Decimal(item.progress)
    old_status, old_progress = value_before(item, "status"), value_before(item, "progress")
    if (old_status, old_progress) != (item.status, item.progress):
        item.status, item.progress = settle_by_hand(
            old_status, old_progress, item.status, item.progress
        )
    if old_status != item.status:
        item.cancelled_by_hand = item.status is WorkStatus.CANCELLED
    if item.status is not WorkStatus.COMPLETED:
        item.completed_at = None
    elif item.completed_at is None:
        item.completed_at = utc_now()


def _keep_execution_projects(session: Session, items: Iterable[WorkItem]) -> None:
    ids = [item.id for item in items]
    if not ids:
        return
    roots = select(PPA.code).where(PPA.execution_project_id.in_(ids))
    if codes := session.execute(roots).scalars().all():
        raise Conflict(
            " ".join(
                f"This is the execution project of {code}. Disable tracking there instead."
                for code in codes
            )
        )
