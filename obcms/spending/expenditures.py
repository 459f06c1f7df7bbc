"""Posting and voiding what was spent on a work item (SPEC 6)."""

import hashlib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from obcms.kernel.db.keys import read_again
from obcms.kernel.db.types import utc_now
from obcms.kernel.errors import Conflict, Invalid
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Actor, Permission, require
from obcms.kernel.rules.cleaning import clean_values
from obcms.kernel.rules.file_names import file_name
from obcms.spending.fields import EXPENDITURE_FIELDS, VOID_REASON
from obcms.spending.models import Expenditure, Receipt
from obcms.work.access import lock_item, ppa_of
from obcms.work.models import WorkItem

RECEIPT_TYPES = {
    b"%PDF-": "application/pdf",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
}
MAX_RECEIPT_BYTES = 5 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class NewExpenditure:
    """One line to post, as it is typed or read already; `amount` in pesos, above zero."""

    spent_on: date | str
    amount: Decimal | str
    description: str
    payee: str = ""
    reference_number: str = ""
    receipt_name: str = ""
    receipt: bytes = b""


def post_expenditure(actor: Actor, item: WorkItem, line: NewExpenditure) -> Expenditure:
    """Posts one line; the item, its ancestors and the PPA follow. Raises Invalid."""
    require(actor, Permission.EXPENDITURE_POST, ppa_of(item))
    said = {field.name: getattr(line, field.name) for field in EXPENDITURE_FIELDS}
    cleaned = clean_values(EXPENDITURE_FIELDS, said, "An expenditure", is_new=True)
    lock_item(actor, item)
    posted = Expenditure(
        work_item_id=item.id,
        receipt=_receipt(line),
        posted_by_id=getattr(actor, "id", None),
        **cleaned,
    )
    db.session.add(posted)
    db.session.flush()
    return posted


def void_expenditure(actor: Actor, line: Expenditure, reason: str) -> Expenditure:
    """Takes a posted line out of every total and keeps it on record with the reason."""
    item = db.session.get_one(WorkItem, line.work_item_id)
    require(actor, Permission.EXPENDITURE_VOID, ppa_of(item))
    reason = VOID_REASON.clean(reason)
    lock_item(actor, item)
    read_again(line)
    if line.voided_at is not None:
        raise Conflict("This expenditure is voided already.")
    line.voided_at = utc_now()
    line.voided_by_id = getattr(actor, "id", None)
    line.void_reason = reason
    db.session.flush()
    return line


def _receipt(line: NewExpenditure) -> Receipt | None:
    """The upload, told by its first bytes rather than by its name."""
    if not line.receipt:
        return None
    if len(line.receipt) > MAX_RECEIPT_BYTES:
        raise Invalid("The receipt is larger than 5 MB.", "receipt")
    kind = next((t for magic, t in RECEIPT_TYPES.items() if line.receipt.startswith(magic)), None)
    if kind is None:
        raise Invalid("A receipt must be a PDF, PNG or JPEG file.", "receipt")
    return Receipt(
        filename=file_name(line.receipt_name) or "receipt",
        content_type=kind,
        sha256=hashlib.sha256(line.receipt).hexdigest(),
        content=line.receipt,
    )
