"""Changes of a PPA itself (SPEC 2, 5)."""

from decimal import Decimal

from obcms.errors import Invalid
from obcms.extensions import db
from obcms.models import PPA
from obcms.permissions import Actor, Permission, require
from obcms.services.access import lock_ppa


def cut_allocation(actor: Actor, ppa: PPA, amount: Decimal, reason: str) -> None:
    """Sets a lower budget allocation by law, even below what is distributed (SPEC 5).

    The work tree then stays «over» until somebody distributes less. Raises Invalid without a
    reason, or where the amount is not lower.
    """
    require(actor, Permission.BUDGET_CUT, ppa)
    if not reason.strip():
        raise Invalid("Say by which law or order the allocation is cut.", "reason")
    lock_ppa(ppa)
    if amount < 0 or ppa.budget_allocation is None or amount >= ppa.budget_allocation:
        raise Invalid("A cut must leave less than the present allocation.", "amount")
    ppa.budget_allocation = amount
    ppa.allocation_note = reason.strip()
    session = db.session()
    session.info.setdefault("budget_cuts", set()).add(ppa.id)
    try:
        session.flush()
    finally:
        session.info["budget_cuts"].discard(ppa.id)
