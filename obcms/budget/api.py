"""The budget tree of a PPA, and distributing a budget over it."""

from typing import Any

from flask import Response, jsonify

from obcms.budget import distribution
from obcms.budget.proposal import Applied, Proposal, Request
from obcms.budget.reads.budget_tree import budget_tree_answer
from obcms.budget.rules.choices import INPUTS, DistributionInput
from obcms.budget.schemas import DistributionAnswer, DistributionGiven, TreeAnswer
from obcms.kernel.api.access import caller
from obcms.kernel.api.docs import POINTS
from obcms.kernel.api.etag import HEEDS_IF_MATCH, heed_if_match
from obcms.kernel.errors import Invalid
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Permission
from obcms.ppas.access import find_ppa
from obcms.ppas.api.ppas import blueprint
from obcms.work.api.tracking import tracked, with_tree

POINTS.append(
    "**Money is spread in two steps**: a distribution with `preview` answers what it would do and "
    "a `version`; sent again with that version it is applied, or refused (409) if anything changed."
)


@blueprint.route("/<int:ppa_id>/budget-allocation-tree/", Permission.PPA_VIEW)
@blueprint.response(200, TreeAnswer)
def read_budget_tree(ppa_id: int) -> Response:
    """Read the work tree with its budget

    Nested nodes; `version` is what a distribution is applied with. A tree that is no longer
    tracked can be read too.
    """
    return jsonify(budget_tree_answer(with_tree(find_ppa(caller(), ppa_id))))


@blueprint.route("/<int:ppa_id>/distribute-budget/", Permission.BUDGET_DISTRIBUTE, methods=["POST"])
@blueprint.arguments(
    DistributionGiven, example={"method": "equal", "cascade": True, "preview": True}
)
@blueprint.response(200, DistributionAnswer)
@blueprint.doc(**HEEDS_IF_MATCH)
def distribute_budget(given: dict[str, Any], ppa_id: int) -> Response:
    """Preview or apply a distribution

    With `preview` nothing is written, and the answer's `version` is what to apply with.
    """
    ppa = tracked(find_ppa(caller(), ppa_id))
    wanted = _request(given)
    if given.get("preview"):
        return jsonify(_previewed(distribution.preview(caller(), ppa, wanted)))
    heed_if_match(ppa)
    applied = distribution.apply(caller(), ppa, wanted, given.get("version") or "")
    db.session.commit()
    return jsonify(_applied(applied))


def _request(given: dict[str, Any]) -> Request:
    method = given["method"]
    wanted = INPUTS.get(method)
    stray = [one for one in DistributionInput if one in given and one is not wanted]
    if stray:
        raise Invalid(f"This method takes no {stray[0]}.", stray[0])
    values = given.get(wanted) if wanted else None
    down = given.get("cascade", False), given.get("rescale", False)
    return Request(method, values, given.get("parent"), *down)


def _previewed(proposal: Proposal) -> dict[str, Any]:
    refused = {line.item.id for line in proposal.refused}
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
            "refused": line.item.id in refused,
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
        "can_apply": not refused,
    }


def _applied(applied: Applied) -> dict[str, Any]:
    differs = {"preview": False, "version": applied.version, "batch_id": applied.batch_id}
    return _previewed(applied.proposal) | differs | {"can_apply": False}
