"""Cancelling an approved PPA, and taking that back: by MFBM or the executive (SPEC 7)."""

from obcms.approval.amendments import write_amendment
from obcms.approval.models import Amendment
from obcms.approval.rules.choices import AmendmentKind
from obcms.kernel.errors import Conflict
from obcms.kernel.permissions import Actor, Permission, require
from obcms.ppas.access import lock_ppa
from obcms.ppas.models import PPA
from obcms.ppas.rules.choices import ApprovalStatus, DeliveryFlag, PPAStatus


def cancel_ppa(actor: Actor, ppa: PPA, reason: str) -> Amendment:
    """Cancels an approved or enacted PPA; its work tree and its money stay as they are.

    Raises Invalid without a reason, and Conflict for another stage or where it is cancelled.
    """
    _open(actor, ppa)
    if ppa.status is PPAStatus.CANCELLED:
        raise Conflict(f"{ppa.code} is cancelled already.")
    if ppa.delivery_flag is DeliveryFlag.ALL_CANCELLED:
        ppa.delivery_flag = None  # it asked for this decision
    changed = {"status": PPAStatus.CANCELLED}
    return write_amendment(actor, ppa, AmendmentKind.CANCELLATION, changed, reason)


def resume_ppa(actor: Actor, ppa: PPA, reason: str) -> Amendment:
    """Takes a cancellation back: an enacted PPA is ongoing again, an approved one planned.

    A PPA that follows its work tree takes its status over with the next change there. Raises
    Invalid without a reason, and Conflict for another stage or where it is not cancelled.
    """
    _open(actor, ppa)
    if ppa.status is not PPAStatus.CANCELLED:
        raise Conflict(f"{ppa.code} is not cancelled.")
    enacted = ppa.approval_status is ApprovalStatus.ENACTED
    status = PPAStatus.ONGOING if enacted else PPAStatus.PLANNING
    return write_amendment(actor, ppa, AmendmentKind.RESUMPTION, {"status": status}, reason)


def _open(actor: Actor, ppa: PPA) -> None:
    require(actor, Permission.PPA_CANCEL, ppa)
    lock_ppa(actor, ppa)
    if not ppa.is_settled:
        raise Conflict(
            f"{ppa.code} is not approved. Its ministry sets the status of a draft, and a PPA under "
            "review is returned or rejected."
        )
