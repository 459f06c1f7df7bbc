"""The steps of a PPA's approval, taken by people (SPEC 7)."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from obcms.approval.models import ApprovalStep
from obcms.approval.reads.makers import has_written
from obcms.approval.reads.offices import STAGE_PERMISSIONS, office_of
from obcms.approval.rules.steps import (
    NEEDS_COMMENT,
    STEPS,
    Action,
    TakenStep,
    actions_from,
    refuse_same_hands,
)
from obcms.kernel.errors import Conflict, Forbidden, Invalid
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Permission, allows, require
from obcms.kernel.records.conflicts import told_since_opened
from obcms.kernel.rules.fields import Field, Flag, Prose
from obcms.people.models import User
from obcms.ppas.access import lock_ppa
from obcms.ppas.fields import PPA_FIELDS
from obcms.ppas.models import PPA
from obcms.ppas.rules.choices import ApprovalStatus
from obcms.work.tracking import track_from_submission

COMMENT = Prose("comment")
TRACKED = Flag("enable_workitem_tracking", label="Tracked")


def take_step(
    actor: User,
    ppa: PPA,
    action: Action,
    comment: str = "",
    seen: ApprovalStatus | None = None,
    opened: Mapping[str, str] | None = None,
    track: bool | None = None,
) -> ApprovalStep:
    """Moves the PPA one step and records it; what the new stage brings follows in the same flush.

    `seen` is the status decided on, `opened` the digests of what a dialog showed, by `decided_on`;
    `track` is whether submitting makes the execution project. Raises Conflict where that is another
    now or there is no such step, Forbidden for another office's stage or the actor's own work, and
    Invalid for a missing comment or a project that cannot be created.
    """
    require(actor, Permission.PPA_VIEW, ppa)
    lock_ppa(actor, ppa)
    source = ppa.approval_status
    if seen is not None and seen != source:
        raise Conflict(_overtaken(ppa))
    target = target_of(ppa, action)
    _refuse_step(actor, ppa, action)
    _refuse_changed(ppa, opened)
    comment = _checked_comment(action, comment)
    if track is not None and action is Action.SUBMIT:
        track_from_submission(actor, ppa, track)
    step = ApprovalStep(
        ppa_id=ppa.id,
        action=action,
        from_status=source,
        to_status=target,
        taken_by_id=actor.id,
        taken_by_name=str(actor),
        comment=comment,
    )
    db.session.add(step)
    ppa.approval_status = step.to_status
    db.session.flush()
    return step


def target_of(ppa: PPA, action: Action) -> ApprovalStatus:
    """Where the step leads from the PPA's stage; raises Conflict where it leads nowhere."""
    source = ppa.approval_status
    if (source, action) not in STEPS:
        raise Conflict(
            f"{action.label} is not possible: the approval of {ppa.code} stands at "
            f"“{source.label}”."
        )
    return STEPS[source, action]


def _refuse_step(actor: User, ppa: PPA, action: Action) -> None:
    source = ppa.approval_status
    if not allows(actor, STAGE_PERMISSIONS[source], ppa):
        raise Forbidden(f"This step belongs to another office: {office_of(source)}.")
    wrote = has_written(actor.id, ppa)
    if said := refuse_same_hands(action, actor.id, taken_steps(ppa), wrote):
        raise Forbidden(said)


def decided_on(ppa: PPA) -> list[Field]:
    """All that a step is decided on: what people may set, without figures of the work tree."""
    followed = {"status"} if ppa.has_work_tree and ppa.auto_sync_status else set()
    return [*(field for field in PPA_FIELDS if field.name not in followed), TRACKED]


def _refuse_changed(ppa: PPA, opened: Mapping[str, str] | None) -> None:
    if opened is None:
        return
    if told := told_since_opened(ppa, opened, decided_on(ppa)):
        raise Conflict(
            f"{ppa.code} was changed after you opened this, so nothing was decided. "
            f"{'; '.join(told)}. Look at it as it is now, and open the step again."
        )


def open_actions(actor: User, ppa: PPA, steps: Sequence[ApprovalStep]) -> list[Action]:
    """What this actor may do with the PPA now, the way forward first."""
    permission = STAGE_PERMISSIONS.get(ppa.approval_status)
    if permission is None or not allows(actor, permission, ppa):
        return []
    taken = [TakenStep(step.action, step.taken_by_id) for step in steps]
    wrote = has_written(actor.id, ppa)
    actions = actions_from(ppa.approval_status)
    return [one for one in actions if not refuse_same_hands(one, actor.id, taken, wrote)]


def why_not(actor: User, ppa: PPA, steps: Sequence[ApprovalStep]) -> str | None:
    """Why somebody whose office decides now may not: they had a hand in it. None otherwise."""
    permission = STAGE_PERMISSIONS.get(ppa.approval_status)
    if permission is None or not allows(actor, permission, ppa):
        return None
    taken = [TakenStep(step.action, step.taken_by_id) for step in steps]
    forward = actions_from(ppa.approval_status)[0]
    return refuse_same_hands(forward, actor.id, taken, has_written(actor.id, ppa))


def steps_of(ppa: PPA) -> Sequence[ApprovalStep]:
    """The steps taken so far, oldest first."""
    query = select(ApprovalStep).where(ApprovalStep.ppa_id == ppa.id).order_by(ApprovalStep.id)
    return db.session.scalars(query).all()


def taken_steps(ppa: PPA) -> list[TakenStep]:
    """The same, as the rules need them."""
    return [TakenStep(step.action, step.taken_by_id) for step in steps_of(ppa)]


def _checked_comment(action: Action, comment: str) -> str:
    said = COMMENT.clean(comment)
    if action in NEEDS_COMMENT and not said:
        raise Invalid("Say why, so that the ministry knows what to change.", "comment")
    return said


def _overtaken(ppa: PPA) -> str:
    last = steps_of(ppa)[-1:]
    if not last:
        return f"{ppa.code} is at another stage now. Please look at it again."
    return (
        f"{last[0].taken_by_name} was first: {ppa.code} went from "
        f"{last[0].from_status.label.lower()} to {last[0].to_status.label.lower()}."
    )
