"""What waits in a stage of review, since when, and whose office it is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from obcms.approval.models import ApprovalStep
from obcms.approval.reads.offices import STAGE_PERMISSIONS
from obcms.approval.rules.steps import REVIEW_STAGES
from obcms.kernel.extensions import db
from obcms.kernel.permissions import ROLE_PERMISSIONS, allows
from obcms.people.models import User
from obcms.ppas.models import PPA
from obcms.ppas.rules.choices import ApprovalStatus, PPAStatus


@dataclass(frozen=True, slots=True)
class InReview:
    """A PPA in a stage of review; `step_id` is the step that brought it there, 0 for none."""

    ppa_id: int
    code: str
    title: str
    stage: ApprovalStatus
    step_id: int
    since: datetime


def in_review() -> list[InReview]:
    """The PPAs in review that are not cancelled, the longest waiting first; one query.

    Since when is the moment of the step into the stage, so no edit of the PPA moves it; of one that
    was recorded in its stage it is when it was recorded.
    """
    last, earlier = aliased(ApprovalStep), aliased(ApprovalStep)
    newest = select(func.max(earlier.id)).where(earlier.ppa_id == PPA.id).scalar_subquery()
    since = func.coalesce(last.taken_at, PPA.created_at)
    query = (
        select(PPA.id, PPA.code, PPA.title, PPA.approval_status, func.coalesce(last.id, 0), since)
        .outerjoin(last, last.id == newest)
        .where(PPA.approval_status.in_(REVIEW_STAGES), PPA.status != PPAStatus.CANCELLED)
        .order_by(since, PPA.id)
    )
    return [InReview(*row) for row in db.session.execute(query)]


def officers(stages: Iterable[ApprovalStatus]) -> dict[ApprovalStatus, list[User]]:
    """The active users whose role decides at each of the stages; one query."""
    permissions = {stage: STAGE_PERMISSIONS[stage] for stage in stages}
    wanted = set(permissions.values())
    roles = [role for role, granted in ROLE_PERMISSIONS.items() if granted & wanted]
    query = select(User).where(User.role.in_(roles), User.is_active).order_by(User.id)
    users = db.session.scalars(query).all()
    return {
        stage: [user for user in users if allows(user, permission)]
        for stage, permission in permissions.items()
    }
