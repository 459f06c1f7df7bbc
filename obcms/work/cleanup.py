"""Work trees that nobody uses any more: tracking is off, and no money was ever posted (SPEC 10)."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import func, select

from obcms.kernel.db.types import utc_now
from obcms.kernel.errors import Conflict
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Actor, Permission, require
from obcms.ppas.access import lock_ppa
from obcms.ppas.models import PPA
from obcms.work.models import WorkItem
from obcms.work.reads.subtree import load_subtree
from obcms.work.spent import has_posted_lines

UNTOUCHED = timedelta(days=90)


def unused_trees() -> Sequence[PPA]:
    """PPAs whose tree was disabled and, like the PPA, not touched for 90 days.

    Allocations alone keep no tree, since each template spreads some; posted lines do, voided ones
    included.
    """
    limit = utc_now() - UNTOUCHED
    touched = select(func.max(WorkItem.updated_at)).where(WorkItem.ppa_id == PPA.id)
    query = select(PPA).where(
        PPA.enable_workitem_tracking.is_(False),
        PPA.execution_project_id.is_not(None),
        PPA.updated_at < limit,
        touched.scalar_subquery() < limit,
        ~has_posted_lines(PPA.id),
    )
    return db.session.scalars(query.order_by(PPA.id)).all()


def remove_unused_tree(actor: Actor, ppa: PPA) -> None:
    """Deletes the tree of a PPA that is no longer tracked. Raises Conflict where it is in use."""
    require(actor, Permission.PPA_TRACK, ppa)
    lock_ppa(actor, ppa)
    if not ppa.is_no_longer_tracked or _has_money(ppa):
        raise Conflict(f"The work tree of {ppa.code} is in use.")
    root = db.session.get_one(WorkItem, ppa.execution_project_id)
    ppa.execution_project_id = None
    db.session.flush()
    load_subtree(root)
    db.session.delete(root)
    db.session.flush()


def _has_money(ppa: PPA) -> bool:
    return bool(db.session.scalar(select(has_posted_lines(ppa.id))))
