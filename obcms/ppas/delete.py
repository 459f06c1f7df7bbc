"""Deleting a PPA (SPEC 7)."""

from collections.abc import Callable

from obcms.kernel.errors import Conflict
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Actor, Permission, require
from obcms.ppas.access import lock_ppa
from obcms.ppas.models import PPA
from obcms.ppas.rules.choices import ApprovalStatus

# Slices add here what keeps a PPA (raising Conflict), and how what they hold of it goes with it.
KEEPERS: list[Callable[[PPA], None]] = []
REMOVERS: list[Callable[[PPA], None]] = []


def delete_ppa(actor: Actor, ppa: PPA) -> None:
    """Deletes a draft that nobody submitted or spent on, with all that is its own.

    Raises Conflict where something keeps it.
    """
    require(actor, Permission.PPA_DELETE, ppa)
    lock_ppa(actor, ppa)
    if ppa.approval_status is not ApprovalStatus.DRAFT:
        raise Conflict("Only a draft can be deleted.")
    for keep in KEEPERS:
        keep(ppa)
    for remove in reversed(REMOVERS):  # the upper slices refer to the lower ones
        remove(ppa)
        db.session.flush()
    db.session.delete(ppa)
    db.session.flush()
