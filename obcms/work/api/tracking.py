"""Tracking a PPA by a work tree: enable, sync."""

from typing import Any

from sqlalchemy import func, select

from obcms.kernel.api.access import caller
from obcms.kernel.api.etag import HEEDS_IF_MATCH, heed_if_match
from obcms.kernel.db.types import utc_now
from obcms.kernel.errors import Conflict
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Permission
from obcms.ppas.access import find_ppa, lock_ppa
from obcms.ppas.api.ppas import blueprint
from obcms.ppas.models import PPA
from obcms.work.access import refuse_untracked
from obcms.work.api.tracking_schemas import SyncAnswer, TrackingAnswer, TrackingGiven
from obcms.work.models import WorkItem
from obcms.work.project import template_names
from obcms.work.rules.shipped_templates import choose_template
from obcms.work.sync import sync_ppa
from obcms.work.tracking import Tracking, enable_tracking


@blueprint.route("/<int:ppa_id>/enable-workitem-tracking/", Permission.PPA_TRACK, methods=["POST"])
@blueprint.arguments(TrackingGiven, required=False, example={"structure_template": "activity"})
@blueprint.response(201, TrackingAnswer)
@blueprint.doc(**HEEDS_IF_MATCH)
def enable_workitem_tracking(given: dict[str, Any], ppa_id: int) -> dict[str, Any]:
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
    ppa = find_ppa(caller(), ppa_id)
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


@blueprint.route("/<int:ppa_id>/sync-from-workitem/", Permission.WORK_ITEM_EDIT, methods=["POST"])
@blueprint.response(200, SyncAnswer)
@blueprint.doc(**HEEDS_IF_MATCH)
def sync_from_workitem(ppa_id: int) -> dict[str, Any]:
    """Recompute a PPA from its work items

    Progress and status from the leaves up; what had drifted is put right.
    """
    ppa = tracked(find_ppa(caller(), ppa_id))
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


def tracked(ppa: PPA) -> PPA:
    """The PPA, where it follows a work tree; raises Conflict."""
    refuse_untracked(ppa)
    return with_tree(ppa)


def with_tree(ppa: PPA) -> PPA:
    """The PPA, where it has a work tree, be it no longer tracked; raises Conflict."""
    if ppa.execution_project_id is None:
        raise Conflict("Tracking is not enabled on this PPA, so it has no work tree.")
    return ppa
