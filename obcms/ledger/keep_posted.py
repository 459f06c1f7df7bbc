"""Before a flush: what is posted stays as it is, whatever path a change takes (SPEC 6)."""

from collections.abc import Collection

from sqlalchemy import inspect
from sqlalchemy.orm import Session

from obcms.kernel.errors import Conflict, Invalid
from obcms.ledger.models import BudgetLine, FundEntry, FundMovement, Obligation, QuarterClosing

# What may be set on a stored row, since it follows from entries.
_FOLLOWING: dict[type, Collection[str]] = {
    FundEntry: (),
    FundMovement: (),
    QuarterClosing: (),
    Obligation: ("obligated", "payable", "disbursed", "is_void"),
}


def keep_posted(session: Session, _context: object) -> None:
    """Raises Invalid where something posted is deleted or changed."""
    for record in session.deleted:
        if type(record) in _FOLLOWING:
            raise Invalid("What is posted cannot be deleted; void it with a reason.")
        if isinstance(record, BudgetLine):
            raise Conflict("A budget line is not deleted; its entries are voided.")
    for record in session.dirty:
        if type(record) in _FOLLOWING and _changed(record) - set(_FOLLOWING[type(record)]):
            raise Invalid("What is posted cannot be changed; void it and enter it again.")


def _changed(record: object) -> set[str]:
    return {attribute.key for attribute in inspect(record).attrs if attribute.history.has_changes()}
