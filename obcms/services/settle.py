"""Before a flush: what a change by hand implies for the same row, and what is refused outright.

These are rules that no path may miss (SPEC 3, 4, 5, 6), so they sit in the session, not in forms.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from sqlalchemy import event, inspect, select
from sqlalchemy.orm import Session

from obcms.database import take_turn
from obcms.errors import Conflict, Invalid
from obcms.extensions import TrackedSession
from obcms.models import PPA, Expenditure, WorkItem
from obcms.models.types import utc_now
from obcms.rules.choices import WorkStatus
from obcms.rules.status import settle_by_hand

VOID_COLUMNS = frozenset({"voided_at", "voided_by_id", "voided_by", "void_reason"})


def install() -> None:
    """Registers the hook, once."""
    if not event.contains(TrackedSession, "before_flush", _before_flush):
        event.listen(TrackedSession, "before_flush", _before_flush)
        event.listen(TrackedSession, "after_soft_rollback", _forget_locks)


def _before_flush(session: Session, _context: object, _instances: object) -> None:
    with session.no_autoflush:
        changed = [item for item in [*session.new, *session.dirty] if isinstance(item, WorkItem)]
        for item in changed:
            _inherit_ppa(session, item)
        deleted = [item for item in session.deleted if isinstance(item, WorkItem)]
        lock_trees(session, _ppa_ids([*changed, *deleted]))
        for item in changed:
            _settle(item)
        _refuse_deleting_money(session, deleted)
        _keep_posted_lines(session)


def lock_trees(session: Session, ppa_ids: Iterable[int]) -> None:
    """Makes the session the only writer of these PPAs' trees until its transaction ends.

    Two people reporting on two leaves of one tree would otherwise each roll up without seeing the
    other's value. SQLite has one writer at a time, for everything.
    """
    held: set[int] = session.info.setdefault("locked_ppas", set())
    transaction = session.get_transaction()
    if session.info.get("locked_in") is not transaction:
        held.clear()
    wanted = sorted(set(ppa_ids) - held)
    if wanted and holds_up_everybody(session):
        take_turn(session.connection())
    elif wanted:
        locking = select(PPA.id).where(PPA.id.in_(wanted)).order_by(PPA.id)
        session.connection().execute(locking.with_for_update(key_share=True))
    held.update(wanted)
    session.info["locked_in"] = session.get_transaction()


def holds_up_everybody(session: Session) -> bool:
    """Whether locking one tree makes the writers of all others wait too, as on SQLite."""
    return session.get_bind().dialect.name == "sqlite"


def _forget_locks(session: Session, _previous: object) -> None:
    # Rolling back to a savepoint releases the locks taken after it.
    session.info.pop("locked_ppas", None)


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
        item.ppa_id, item.ppa = parent.ppa_id, parent.ppa


def _settle(item: WorkItem) -> None:
    item.status = WorkStatus(item.status or WorkStatus.NOT_STARTED)
    item.progress = Decimal(0) if item.progress is None else Decimal(item.progress)
    old_status, old_progress = _before(item, "status"), _before(item, "progress")
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


def _before(item: WorkItem, name: str) -> Any:
    history = inspect(item).attrs[name].history
    if history.deleted:
        return history.deleted[0]
    return history.unchanged[0] if history.unchanged else None


def _refuse_deleting_money(session: Session, items: Iterable[WorkItem]) -> None:
    titles = {item.id: item.title for item in items}
    if not titles:
        return
    spent = select(Expenditure.work_item_id).where(Expenditure.work_item_id.in_(titles)).distinct()
    with_money = session.execute(spent).scalars().all()
    if with_money:
        raise Conflict(
            " ".join(
                f"“{titles[item_id]}” has posted expenditure. It can be cancelled, not deleted."
                for item_id in with_money
            )
        )
    roots = select(PPA.code).where(PPA.execution_project_id.in_(titles))
    if codes := session.execute(roots).scalars().all():
        raise Conflict(
            " ".join(
                f"This is the execution project of {code}. Disable tracking there instead."
                for code in codes
            )
        )


def _keep_posted_lines(session: Session) -> None:
    for line in session.deleted:
        if isinstance(line, Expenditure):
            raise Invalid("A posted expenditure cannot be deleted; void it with a reason.")
    for line in session.dirty:
        if isinstance(line, Expenditure):
            changed = {
                attribute.key
                for attribute in inspect(line).attrs
                if attribute.history.has_changes()
            }
            if changed - VOID_COLUMNS or (changed and _before(line, "voided_at") is not None):
                raise Invalid("A posted expenditure cannot be changed; void it and enter it again.")
