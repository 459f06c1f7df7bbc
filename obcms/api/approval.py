"""The steps of a PPA's approval."""

from typing import Any

from obcms.api.access import caller
from obcms.api.entries import blueprint
from obcms.api.entry_action_schemas import StepAnswer, StepGiven, StepsAnswer
from obcms.api.etag import HEEDS_IF_MATCH, heed_if_match
from obcms.api.subjects import find_entry
from obcms.extensions import db
from obcms.models import ApprovalStep
from obcms.permissions import Permission
from obcms.services.approval import steps_of, take_step


@blueprint.route("/<int:entry_id>/approval/", Permission.PPA_VIEW)
@blueprint.response(200, StepsAnswer)
def list_approval_steps(entry_id: int) -> dict[str, Any]:
    """List the approval steps of a PPA

    Oldest first.
    """
    return {"results": steps_of(find_entry(entry_id))}


@blueprint.route("/<int:entry_id>/approval/", Permission.PPA_VIEW, methods=["POST"])
@blueprint.arguments(StepGiven, example={"action": "submit", "comment": "Ready for review."})
@blueprint.response(201, StepAnswer)
@blueprint.doc(**HEEDS_IF_MATCH)
def take_approval_step(given: dict[str, Any], entry_id: int) -> ApprovalStep:
    """Take an approval step

    draft → `submit` (the ministry or OOBC) → technical_review → `endorse` (BPDA) → budget_review →
    `certify` (MFBM) → stakeholder_consultation → `endorse` (OOBC) → executive_approval → `approve`
    (executive) → approved → `enact` (MFBM or executive) → enacted. At the four stages of review
    the same office may `return` the PPA to draft or `reject` it, both with a comment; who may
    submit may `reopen` a rejected one. Nobody decides on what they submitted, or takes two steps in
    a row: that is 403. A step that the stage does not have is 409.
    """
    ppa = find_entry(entry_id)
    heed_if_match(ppa)
    step = take_step(caller(), ppa, **given)
    db.session.commit()
    return step
