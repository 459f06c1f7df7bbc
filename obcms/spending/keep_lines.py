"""Before a flush: posted lines stay as they are, and so do the items that carry them (SPEC 6)."""

from sqlalchemy import inspect
from sqlalchemy.orm import Session, UOWTransaction

from obcms.kernel.db.before import value_before
from obcms.kernel.errors import Conflict, Invalid
from obcms.spending.models import Expenditure
from obcms.spending.reads import posted_on
from obcms.work.models import WorkItem
from obcms.work.touched import TOUCHED

VOID_COLUMNS = frozenset({"voided_at", "voided_by_id", "voided_by", "void_reason"})


def keep_items_with_money(session: Session, _context: object) -> None:
    """Raises Conflict where an item is deleted on which a line was ever posted."""
    titles = {item.id: item.title for item in session.deleted if isinstance(item, WorkItem)}
    if not titles:
        return
    with session.no_autoflush:
        with_money = sorted(posted_on(session, titles.keys()))
    if with_money:
        raise Conflict(
            " ".join(
                f"“{titles[item_id]}” has posted expenditure. It can be cancelled, not deleted."
                for item_id in with_money
            )
        )


def keep_posted_lines(session: Session, _context: object) -> None:
    """Raises Invalid where a posted line is deleted, or changed but for its voiding."""
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
            if changed - VOID_COLUMNS or (changed and value_before(line, "voided_at") is not None):
                raise Invalid("A posted expenditure cannot be changed; void it and enter it again.")


def note_spent(session: Session, context: UOWTransaction) -> None:
    """After a flush: the items whose sums the roll-up has to read again."""
    for state, (_is_delete, list_only) in context.states.items():
        if not list_only and issubclass(state.class_, Expenditure):
            TOUCHED.of(session).spent.add(state.dict["work_item_id"])
