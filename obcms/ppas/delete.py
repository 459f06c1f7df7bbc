"""Deleting a PPA (SPEC 7)."""

from collections.abc import Callable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from obcms.kernel.errors import Conflict
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Actor, Permission, require
from obcms.ppas.access import lock_ppa
from obcms.ppas.models import PPA
from obcms.ppas.rules.choices import ApprovalStatus

# Slices add here what keeps PPAs (raising Conflict), and how what they hold of them goes with them.
KEEPERS: list[Callable[[Sequence[PPA]], None]] = []
REMOVERS: list[Callable[[Sequence[PPA]], None]] = []


def delete_ppa(actor: Actor, ppa: PPA) -> None:
    """Deletes a draft that nobody submitted or spent on, with all that is its own.

    Raises Conflict where something keeps it.
    """
    require(actor, Permission.PPA_DELETE, ppa)
    lock_ppa(actor, ppa)
    _delete([ppa])


def take_back_ppas(actor: Actor, ppas: Sequence[PPA]) -> None:
    """Deletes drafts that an import added and nobody touched since: whoever imports may undo that.

    The caller has locked them. Raises Conflict where something keeps one.
    """
    for ppa in ppas:
        require(actor, Permission.PPA_IMPORT, ppa)
    if ppas:
        parts = (selectinload(PPA.milestones), selectinload(PPA.supporting_organizations))
        ids = [ppa.id for ppa in ppas]
        db.session.scalars(select(PPA).where(PPA.id.in_(ids)).options(*parts)).all()
        _delete(ppas)


def _delete(ppas: Sequence[PPA]) -> None:
    if any(ppa.approval_status is not ApprovalStatus.DRAFT for ppa in ppas):
        raise Conflict("Only a draft can be deleted.")
    for keep in KEEPERS:
        keep(ppas)
    for remove in reversed(REMOVERS):  # the upper slices refer to the lower ones
        remove(ppas)
        db.session.flush()
    for ppa in ppas:
        db.session.delete(ppa)
    db.session.flush()
