"""Tracking a PPA by a work tree: enable, read the tree, distribute, sync."""

from decimal import Decimal
from typing import Any

from flask import Response, jsonify
from sqlalchemy import func, select

from obcms.api.access import caller
from obcms.api.entries import blueprint
from obcms.api.entry_action_schemas import (
    DistributionAnswer,
    DistributionGiven,
    SyncAnswer,
    TrackingAnswer,
    TrackingGiven,
    TreeAnswer,
)
from obcms.api.etag import HEEDS_IF_MATCH, heed_if_match
from obcms.api.subjects import find_entry
from obcms.errors import Conflict, Invalid
from obcms.extensions import db
from obcms.models import PPA, WorkItem
from obcms.models.types import utc_now
from obcms.permissions import Permission
from obcms.rules.choices import DistributionMethod
from obcms.rules.shipped_templates import choose_template
from obcms.services import distribution
from obcms.services.access import lock_ppa
from obcms.services.project import template_names
from obcms.services.proposal import Applied, Proposal, Request
from obcms.services.sync import sync_ppa
from obcms.services.tracking import Tracking, enable_tracking
from obcms.services.tree_answer import budget_tree_answer

# What the numbers of these methods are called.
NUMBERS = {DistributionMethod.WEIGHTED: "weights", DistributionMethod.MANUAL: "allocations"}
ZERO = Decimal(0)


@blueprint.route(
    "/<int:entry_id>/enable-workitem-tracking/", Permission.PPA_TRACK, methods=["POST"]
)
@blueprint.arguments(TrackingGiven, required=False, example={"structure_template": "activity"})
@blueprint.response(201, TrackingAnswer)
@blueprint.doc(**HEEDS_IF_MATCH)
def enable_workitem_tracking(given: dict[str, Any], entry_id: int) -> dict[str, Any]:
    """Enable tracking by work items

    Creates the execution project with its structure, budget and dates. One that was hidden by
    disabling comes back as it was, and then nothing is created.
    """
    options = Tracking(
        template=given.get("structure_template") or None,
        policy=given.get("budget_distribution_policy") or None,
        auto_sync_progress=given.get("auto_sync_progress"),
        auto_sync_status=given.get("auto_sync_status"),
    )
    ppa = find_entry(entry_id)
    heed_if_match(ppa)
    restored = ppa.execution_project_id is not None
    root = enable_tracking(caller(), ppa, options)
    kinds = select(WorkItem.work_type, func.count()).where(WorkItem.ppa_id == ppa.id)
    summary = dict(db.session.execute(kinds.group_by(WorkItem.work_type)).tuples().all())
    known = [name for name, _ in template_names()]
    answer = {
        "structure_template": choose_template(
            options.template, ppa.budget_distribution_policy, known
        ),
        "execution_project_id": root.id,
        "execution_project_title": root.title,
        "work_items_created": 0 if restored else sum(summary.values()),
        "structure_summary": {kind.value: number for kind, number in summary.items()},
    }
    db.session.commit()
    return answer


@blueprint.route("/<int:entry_id>/budget-allocation-tree/", Permission.PPA_VIEW)
@blueprint.response(200, TreeAnswer)
def read_budget_tree(entry_id: int) -> Response:
    """Read the work tree with its budget

    Nested nodes; `version` is what a distribution is applied with.
    """
    return jsonify(budget_tree_answer(_tracked(find_entry(entry_id))))


@blueprint.route(
    "/<int:entry_id>/distribute-budget/", Permission.BUDGET_DISTRIBUTE, methods=["POST"]
)
@blueprint.arguments(
    DistributionGiven, example={"method": "equal", "cascade": True, "preview": True}
)
@blueprint.response(200, DistributionAnswer)
@blueprint.doc(**HEEDS_IF_MATCH)
def distribute_budget(given: dict[str, Any], entry_id: int) -> Response:
    """Preview or apply a distribution

    With `preview` nothing is written, and the answer's `version` is what to apply with.
    """
    ppa = _tracked(find_entry(entry_id))
    wanted = _request(given)
    if given.get("preview"):
        return jsonify(_previewed(distribution.preview(caller(), ppa, wanted)))
    if not given.get("version"):
        raise Invalid("Give the version of the preview that is applied.", "version")
    heed_if_match(ppa)
    applied = distribution.apply(caller(), ppa, wanted, given["version"])
    db.session.commit()
    return jsonify(_applied(applied))


@blueprint.route("/<int:entry_id>/sync-from-workitem/", Permission.WORK_ITEM_EDIT, methods=["POST"])
@blueprint.response(200, SyncAnswer)
@blueprint.doc(**HEEDS_IF_MATCH)
def sync_from_workitem(entry_id: int) -> dict[str, Any]:
    """Recompute a PPA from its work items

    Progress and status from the leaves up; what had drifted is put right.
    """
    ppa = _tracked(find_entry(entry_id))
    heed_if_match(ppa)
    lock_ppa(caller(), ppa)
    before = {"previous_progress": ppa.progress, "previous_status": ppa.status}
    sync_ppa(caller(), ppa)
    count = select(func.count()).select_from(WorkItem).where(WorkItem.ppa_id == ppa.id)
    answer = {
        **before,
        "updated_progress": ppa.progress,
        "updated_status": ppa.status,
        "work_items_analyzed": db.session.scalar(count),
        "sync_timestamp": utc_now(),
    }
    db.session.commit()
    return answer


def _tracked(ppa: PPA) -> PPA:
    if not ppa.has_work_tree:
        raise Conflict("Tracking is not enabled on this PPA, so it has no work tree.")
    return ppa


def _request(given: dict[str, Any]) -> Request:
    method = given["method"]
    stray = [name for name in NUMBERS.values() if name in given and name != NUMBERS.get(method)]
    if stray:
        raise Invalid(f"This method takes no {stray[0]}.", stray[0])
    values = given.get(NUMBERS.get(method, ""))
    return Request(method, values, given.get("parent"), given.get("cascade", False))


def _previewed(proposal: Proposal) -> dict[str, Any]:
    cascade = proposal.request.cascade
    items = [
        {
            "work_item_id": line.item.id,
            "parent": line.item.parent_id,
            "title": line.item.title,
            "before": line.before,
            "after": line.after,
            "difference": line.difference,
            "spent": line.spent,
            "below_spent": line.below_spent,
            "refused": not cascade and line.after < (line.item.distributed or ZERO),
        }
        for line in proposal.lines
    ]
    return {
        "method": proposal.request.method,
        "parent": proposal.parent.id,
        "preview": True,
        "version": proposal.version,
        "items": items,
        "total_allocated": proposal.total,
        "kept_by_cancelled": proposal.kept_by_cancelled,
        "batch_id": None,
        "can_apply": not any(item["refused"] for item in items),
    }


def _applied(applied: Applied) -> dict[str, Any]:
    differs = {"preview": False, "version": applied.version, "batch_id": applied.batch_id}
    return _previewed(applied.proposal) | differs | {"can_apply": False}
