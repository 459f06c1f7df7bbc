"""The steps of a PPA's approval."""

from typing import Any

from sqlalchemy import select

from obcms.approval.models import ApprovalStep
from obcms.approval.schemas import StepAnswer, StepGiven, StepPage
from obcms.approval.steps import take_step
from obcms.kernel.api.access import caller
from obcms.kernel.api.etag import HEEDS_IF_MATCH, heed_if_match
from obcms.kernel.api.paging import page_of
from obcms.kernel.api.schemas import PageQuery
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Permission
from obcms.ppas.api.entries import blueprint
from obcms.ppas.api.subjects import find_entry


@blueprint.route("/<int:entry_id>/approval/", Permission.PPA_VIEW)
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, StepPage)
def list_approval_steps(given: dict[str, Any], entry_id: int) -> dict[str, Any]:
    """List the approval steps of a PPA

    Oldest first.
    """
    query = select(ApprovalStep).where(ApprovalStep.ppa_id == find_entry(entry_id).id)
    return page_of(query, given, {"id": ApprovalStep.id})


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
