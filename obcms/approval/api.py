"""The steps of a PPA's approval, and what happens to it afterwards."""

from typing import Any

from flask.typing import ResponseReturnValue
from sqlalchemy import select

from obcms.approval import amendments, cancellation
from obcms.approval.models import ApprovalStep
from obcms.approval.schemas import AmendmentGiven, ReasonGiven, StepAnswer, StepGiven, StepPage
from obcms.approval.steps import take_step
from obcms.kernel.api.access import caller
from obcms.kernel.api.etag import ETAG, HEEDS_IF_MATCH, heed_if_match, tagged
from obcms.kernel.api.paging import page_of
from obcms.kernel.api.schemas import PageQuery
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Permission
from obcms.ppas.access import find_ppa
from obcms.ppas.api.ppas import blueprint
from obcms.ppas.api.schemas import PPAAnswer


@blueprint.route("/<int:ppa_id>/approval/", Permission.PPA_VIEW)
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, StepPage)
def list_approval_steps(given: dict[str, Any], ppa_id: int) -> dict[str, Any]:
    """List the approval steps of a PPA

    Oldest first.
    """
    query = select(ApprovalStep).where(ApprovalStep.ppa_id == find_ppa(caller(), ppa_id).id)
    return page_of(query, given, {"id": ApprovalStep.id})


@blueprint.route("/<int:ppa_id>/approval/", Permission.PPA_VIEW, methods=["POST"])
@blueprint.arguments(StepGiven, example={"action": "submit", "comment": "Ready for review."})
@blueprint.response(201, StepAnswer)
@blueprint.doc(**HEEDS_IF_MATCH)
def take_approval_step(given: dict[str, Any], ppa_id: int) -> ApprovalStep:
    """Take an approval step

    draft → `submit` (the ministry or OOBC) → technical_review → `endorse` (BPDA) → budget_review →
    `certify` (MFBM) → stakeholder_consultation → `endorse` (OOBC) → executive_approval → `approve`
    (executive) → approved → `enact` (MFBM or executive) → enacted. At the four stages of review
    the same office may `return` the PPA to draft or `reject` it, both with a comment; who may
    submit may `reopen` a rejected one. Nobody decides on what they submitted or wrote, or takes two
    steps in a row: that is 403. A step that the stage does not have is 409. With If-Match the step
    is taken on what was read, or not at all.
    """
    ppa = find_ppa(caller(), ppa_id)
    heed_if_match(ppa)
    step = take_step(caller(), ppa, **given)
    db.session.commit()
    return step


@blueprint.route("/<int:ppa_id>/amend/", Permission.PPA_AMEND, methods=["POST"])
@blueprint.arguments(AmendmentGiven, example={"title": "Wells", "reason": "BAA 90, section 5"})
@blueprint.response(200, PPAAnswer, headers=ETAG)
@blueprint.doc(**HEEDS_IF_MATCH)
def amend_ppa(given: dict[str, Any], ppa_id: int) -> ResponseReturnValue:
    """Amend an approved PPA

    For MFBM: any of what was approved, with the reason; fields that are left out stay. Work tree
    and figures follow as they do when a draft is edited. Before the approval, and where nothing
    would change, 422. With If-Match nothing that was changed meanwhile is overwritten.
    """
    ppa = find_ppa(caller(), ppa_id)
    heed_if_match(ppa)
    reason = given.pop("reason")
    amendments.amend_ppa(caller(), ppa, given, reason)
    answer = tagged(PPAAnswer(), ppa)
    db.session.commit()
    return answer


@blueprint.route("/<int:ppa_id>/cancel/", Permission.PPA_CANCEL, methods=["POST"])
@blueprint.arguments(ReasonGiven, example={"reason": "Discontinued by memorandum 12."})
@blueprint.response(200, PPAAnswer, headers=ETAG)
@blueprint.doc(**HEEDS_IF_MATCH)
def cancel_ppa(given: dict[str, Any], ppa_id: int) -> ResponseReturnValue:
    """Cancel an approved PPA

    For MFBM and the executive. Its work tree and its money stay as they are. At another stage, and
    where it is cancelled already, 409.
    """
    ppa = find_ppa(caller(), ppa_id)
    heed_if_match(ppa)
    cancellation.cancel_ppa(caller(), ppa, **given)
    answer = tagged(PPAAnswer(), ppa)
    db.session.commit()
    return answer


@blueprint.route("/<int:ppa_id>/resume/", Permission.PPA_CANCEL, methods=["POST"])
@blueprint.arguments(ReasonGiven, example={"reason": "Cancelled by mistake."})
@blueprint.response(200, PPAAnswer, headers=ETAG)
@blueprint.doc(**HEEDS_IF_MATCH)
def resume_ppa(given: dict[str, Any], ppa_id: int) -> ResponseReturnValue:
    """Take the cancellation of an approved PPA back"""
    ppa = find_ppa(caller(), ppa_id)
    heed_if_match(ppa)
    cancellation.resume_ppa(caller(), ppa, **given)
    answer = tagged(PPAAnswer(), ppa)
    db.session.commit()
    return answer
