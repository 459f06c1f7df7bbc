"""The approval of a PPA: where it stands, the buttons of a step, and its history."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from obcms.approval.models import Amendment, ApprovalStep
from obcms.approval.reads.changed import changed_since
from obcms.approval.reads.offices import STAGE_PERMISSIONS, office_of
from obcms.approval.rules.approved import MOA
from obcms.approval.rules.steps import DONE, NEEDS_COMMENT, STAGES, Action
from obcms.approval.steps import decided_on, open_actions, steps_of, take_step, target_of, why_not
from obcms.kernel.audit.wording import label_of, shown
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Permission, allows, can_see, require
from obcms.kernel.records.opened import fingerprints, read_opened
from obcms.kernel.rules.choice import Choice
from obcms.kernel.screens.forms import Reader, one_of, prose, yes
from obcms.ppas.models import PPA
from obcms.ppas.rules.choices import ApprovalStatus, PPAStatus
from obcms.ppas.screens.base import PPAScreen
from obcms.ppas.screens.tabs import Tab, add_actions, add_tab
from obcms.work.project import missing_for_tracking

_AGAIN = "The ministry changes the PPA and submits it again."
# What a step's button says, and what its dialog tells about it.
WORDS = {
    Action.SUBMIT: ("Submit for review", "Sends the PPA to BPDA for its technical review."),
    Action.ENDORSE: ("Endorse", "Sends the PPA on to the next office."),
    Action.CERTIFY: ("Certify the budget", "Confirms the budget and sends the PPA on."),
    Action.APPROVE: ("Approve", "What is approved changes only through MFBM from then on."),
    Action.ENACT: ("Enact", "Starts the execution: the PPA becomes ongoing."),
    Action.RETURN: ("Return to draft…", _AGAIN),
    Action.REJECT: ("Reject…", "Ends the review. The ministry may reopen the PPA as a draft."),
    Action.REOPEN: ("Reopen as a draft", _AGAIN),
}


# Where nothing is reviewed: the PPA is there by a decision.
OUTCOMES = (ApprovalStatus.APPROVED, ApprovalStatus.ENACTED)


class StageState(Choice):
    """Where a stage lies on the way."""

    DONE = "done"
    CURRENT = "current"
    AHEAD = "ahead"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class ApprovalStage:
    """A stage of the way; `office` decides there."""

    status: ApprovalStatus
    state: StageState
    office: str
    step: ApprovalStep | None


def approval_context(ppa: PPA) -> dict[str, Any]:
    """What the Approval tab shows."""
    steps = steps_of(ppa)
    amendments = (
        select(Amendment)
        .where(Amendment.ppa_id == ppa.id)
        .order_by(Amendment.id.desc())
        .options(joinedload(Amendment.made_by), joinedload(Amendment.counterpart))
    )
    return {
        "stages": _stages(ppa, steps),
        "office": office_of(ppa.approval_status),
        "actions": open_actions(current_user, ppa, steps),
        "why_not": why_not(current_user, ppa, steps),
        "words": WORDS,
        "done_words": DONE,
        "outcomes": OUTCOMES,
        "steps": steps[::-1],
        "is_new": ppa.approval_status is ApprovalStatus.DRAFT and not steps,
        "cancelled": ppa.status is PPAStatus.CANCELLED,
        "settled": ppa.is_settled,
        "amendments": db.session.scalars(amendments).all(),
        "sees": partial(can_see, current_user),
        "label_of": label_of,
        "shown": _shown,
    }


def _shown(name: str, value: str | None) -> str:
    """What an amendment keeps of a column, in words; it has a MOA by the acronym of then."""
    return (value or "—") if name == MOA else shown(PPA.__tablename__, name, value)


def _stages(ppa: PPA, steps: Sequence[ApprovalStep]) -> list[ApprovalStage]:
    """The way forward, with who decided at each stage that lies behind.

    A review was decided by the step that left it, an outcome by the step that reached it.
    """
    rejected = ppa.approval_status is ApprovalStatus.REJECTED
    here = ppa.approval_status
    if rejected:
        here = steps[-1].from_status if steps else ApprovalStatus.DRAFT
    reached = STAGES.index(here)
    forward = [step for step in steps if step.to_status in STAGES[1:]]
    left = {step.from_status: step for step in forward}
    entered = {step.to_status: step for step in forward}
    stages = []
    for place, status in enumerate(STAGES):
        state = StageState.DONE if place < reached else StageState.AHEAD
        if place == reached:
            state = StageState.REJECTED if rejected else StageState.CURRENT
        if ppa.approval_status is ApprovalStatus.ENACTED:
            state = StageState.DONE
        by = left.get(status) if place < reached else None
        if status in OUTCOMES:
            by = entered.get(status) if place <= reached else None
        stages.append(ApprovalStage(status, state, office_of(status), by))
    return stages


@add_actions
class ApprovalActions(PPAScreen):
    """One dialog for every step, with its comment."""

    @expose("/approval/step", methods=["GET", "POST"])
    def step(self, ppa_id: int) -> ResponseReturnValue:
        """The dialog of one action, and the step itself.

        The dialog carries the status that it was opened at, and digests of what the PPA was then.
        """
        ppa = self.find(ppa_id)
        permission = STAGE_PERMISSIONS.get(ppa.approval_status)
        overtaken = request.form.get("seen", ppa.approval_status) != ppa.approval_status
        if permission is not None and not overtaken:  # else the step answers who was first
            require(current_user, permission, ppa)
        reader = Reader(request.values)
        action = reader.read("action", one_of(Action), Action.SUBMIT)
        if request.method != "POST":
            reader.finish()
            return self._step_dialog(ppa, action)
        comment = reader.read("comment", prose, "")
        seen = reader.read("seen", one_of(ApprovalStatus), ppa.approval_status)
        reader.finish()
        opened = read_opened(request.form.get("opened"))
        track = yes(request.form["track"], "track") if "track" in request.form else None
        taken = take_step(current_user, ppa, action, comment, seen, opened, track)
        return self.done(ppa_id, f"{ppa.code} is now: {taken.to_status.label.lower()}.")

    def _step_dialog(self, ppa: PPA, action: Action) -> ResponseReturnValue:
        target = target_of(ppa, action)
        return self.dialog(
            "approval/step.html",
            **self.context_of(ppa),
            action=action,
            target=target,
            words=WORDS[action],
            done_words=DONE,
            comment_needed=action in NEEDS_COMMENT,
            office=office_of(target),
            opened=json.dumps(fingerprints(ppa, decided_on(ppa))),
            changed=changed_since(ppa, steps_of(ppa)),
            offers_tracking=_offers_tracking(ppa, action),
        )


def _offers_tracking(ppa: PPA, action: Action) -> bool:
    """Whether submitting can make the execution project as well."""
    may = allows(current_user, Permission.PPA_TRACK, ppa)
    return may and action is Action.SUBMIT and not ppa.has_work_tree and not _missing(ppa)


def _missing(ppa: PPA) -> bool:
    return bool(missing_for_tracking(ppa))


add_tab(
    Tab(
        "approval",
        "Approval",
        50,
        "approval/approval.html",
        approval_context,
        styles=(("approval", "approval.css"),),
    )
)
