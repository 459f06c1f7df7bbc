"""What waits for an actor: the PPAs whose next step their office takes, and they may (SPEC 7)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from obcms.approval.models import ApprovalStep
from obcms.approval.reads.makers import wrote_some
from obcms.approval.reads.offices import STAGE_PERMISSIONS
from obcms.approval.rules.steps import Action
from obcms.calendar.days import working_days_between
from obcms.kernel.extensions import db
from obcms.kernel.formats import MANILA
from obcms.kernel.permissions import Permission, allows, visible
from obcms.people.models import User
from obcms.ppas.models import PPA
from obcms.ppas.rules.choices import ApprovalStatus


@dataclass(frozen=True, slots=True)
class Waiting:
    """A PPA and the step that brought it to its stage; None where it was recorded there."""

    ppa: PPA
    last: ApprovalStep | None

    @property
    def since(self) -> datetime:
        """When it came to its stage."""
        return self.last.taken_at if self.last else self.ppa.created_at

    def working_days(self, now: datetime) -> int:
        """How many working days it has waited by `now`, as days are counted in Manila (SPEC 10)."""
        began, today = (at.astimezone(MANILA).date() for at in (self.since, now))
        return working_days_between(began, today)


def waiting_for(actor: User, limit: int | None = None) -> Sequence[Waiting]:
    """The longest waiting first. A draft waits for its maker once it was returned or reopened."""
    query, last = _query(actor)
    query = (
        query.add_columns(last)
        .options(joinedload(PPA.implementing_moa))
        .order_by(func.coalesce(last.taken_at, PPA.created_at), PPA.id)
        .limit(limit)
    )
    return [Waiting(ppa, step) for ppa, step in db.session.execute(query)]


def count_waiting(actor: User) -> int:
    """How many PPAs wait for the actor."""
    query, _ = _query(actor)
    return db.session.scalar(query.with_only_columns(func.count(PPA.id))) or 0


def _query(actor: User) -> tuple[Select, type[ApprovalStep]]:
    last, earlier = aliased(ApprovalStep), aliased(ApprovalStep)
    newest = select(func.max(earlier.id)).where(earlier.ppa_id == PPA.id).scalar_subquery()
    stages = [
        status for status, permission in STAGE_PERMISSIONS.items() if allows(actor, permission)
    ]
    makers = [
        status for status in stages if STAGE_PERMISSIONS[status] is Permission.APPROVAL_SUBMIT
    ]
    checkers = [status for status in stages if status not in makers]
    submitted_by_actor = (
        select(ApprovalStep.id)
        .where(
            ApprovalStep.ppa_id == PPA.id,
            ApprovalStep.action == Action.SUBMIT,
            ApprovalStep.taken_by_id == actor.id,
        )
        .exists()
    )
    came_back = and_(
        PPA.approval_status.in_(makers),
        or_(PPA.approval_status == ApprovalStatus.REJECTED, last.id.is_not(None)),
    )
    to_check = and_(
        PPA.approval_status.in_(checkers), ~submitted_by_actor, ~wrote_some(actor.id, PPA.id)
    )
    query = (
        select(PPA)
        .outerjoin(last, last.id == newest)
        .where(
            visible(actor, PPA.implementing_moa_id),
            or_(came_back, to_check),
            or_(last.id.is_(None), last.taken_by_id.is_(None), last.taken_by_id != actor.id),
        )
    )
    return query, last
