"""The steps of a PPA's approval."""

from typing import Any

from obcms.api.access import caller
from obcms.api.entries import blueprint, find_entry
from obcms.api.entry_action_schemas import StepAnswer, StepGiven, StepsAnswer
from obcms.extensions import db
from obcms.models import ApprovalStep
from obcms.services.approval import steps_of, take_step


@blueprint.route("/<int:entry_id>/approval/")
@blueprint.response(200, StepsAnswer)
def list_approval_steps(entry_id: int) -> dict[str, Any]:
    """List the approval steps of a PPA

    Oldest first.
    """
    return {"results": steps_of(find_entry(entry_id))}


@blueprint.route("/<int:entry_id>/approval/", methods=["POST"])
@blueprint.arguments(StepGiven, example={"action": "submit", "comment": "Ready for review."})
@blueprint.response(201, StepAnswer)
def take_approval_step(given: dict[str, Any], entry_id: int) -> ApprovalStep:
    """Take an approval step

    The ministry submits a draft; then each office decides at its own stage: it moves the PPA on,
    returns it to draft or rejects it, both with a comment. Nobody decides on what they submitted,
    or takes two steps in a row. A 409 or 422 says what stands in the way.
    """
    step = take_step(caller(), find_entry(entry_id), **given)
    db.session.commit()
    return step
