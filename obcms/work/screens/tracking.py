"""Switching the tracking of a PPA on and off."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_login import current_user
from sqlalchemy import func, select

from obcms.kernel.errors import Invalid
from obcms.kernel.extensions import db
from obcms.kernel.screens.forms import one_line
from obcms.ppas.models import PPA
from obcms.ppas.screens.base import PPAScreen
from obcms.ppas.screens.tabs import add_actions
from obcms.work import tracking
from obcms.work.models import StructureTemplate, WorkItem
from obcms.work.project import missing_for_tracking
from obcms.work.rules.choices import TemplateKind
from obcms.work.rules.outline_text import TemplateNode, parse_outline
from obcms.work.rules.shipped_templates import DEFAULT_TEMPLATE


@dataclass(frozen=True, slots=True)
class Offer:
    """A template to choose: its structure, or the milestones it would make activities of."""

    template: StructureTemplate
    nodes: Sequence[TemplateNode]
    by_milestones: bool
    items: int


def enabling_context(ppa: PPA) -> dict[str, Any]:
    """What the empty state and its dialog show while a PPA is not tracked."""
    hidden = 0
    if ppa.execution_project_id is not None:
        count = select(func.count()).select_from(WorkItem).where(WorkItem.ppa_id == ppa.id)
        hidden = db.session.scalar(count) or 0
    offers = template_offers(ppa)
    names = [offer.template.name for offer in offers]
    policy = ppa.budget_distribution_policy
    chosen = policy if policy in names else DEFAULT_TEMPLATE
    return {
        "missing": missing_for_tracking(ppa),
        "hidden": hidden,
        "offers": offers,
        "policies": tracking.policy_names(),
        "chosen": chosen,
    }


def template_offers(ppa: PPA) -> list[Offer]:
    """Every template that can be read; one that an administrator left broken is not offered."""
    offers = []
    for template in db.session.scalars(select(StructureTemplate).order_by(StructureTemplate.id)):
        if template.kind is TemplateKind.MILESTONES:
            offers.append(Offer(template, (), True, len(ppa.milestones) or 1))
            continue
        try:
            nodes = parse_outline(template.outline)
        except Invalid:
            continue
        offers.append(Offer(template, nodes, False, _count(nodes)))
    return offers


def _count(nodes: Sequence[TemplateNode]) -> int:
    return sum(1 + _count(node.children) for node in nodes)


@add_actions
class TrackingActions(PPAScreen):
    """The two buttons in the page's header."""

    @expose("/enable", methods=["POST"])
    def enable(self, ppa_id: int) -> ResponseReturnValue:
        """Creates the execution project, or brings a hidden one back."""
        ppa = self.find(ppa_id)
        asked = request.form
        line = one_line(64)
        options = tracking.Tracking(
            template=line(asked.get("template", ""), "template") or None,
            policy=line(asked.get("policy", ""), "policy") or None,
            auto_sync_progress=asked.get("auto_sync_progress") == "1",
            auto_sync_status=asked.get("auto_sync_status") == "1",
        )
        brought_back = ppa.execution_project_id is not None
        root = tracking.enable_tracking(current_user, ppa, options)
        message = "The work tree is back as it was." if brought_back else "The work tree is ready."
        return self.done(ppa_id, f"Tracking is enabled. {message}", focus=root.id)

    @expose("/disable", methods=["POST"])
    def disable(self, ppa_id: int) -> ResponseReturnValue:
        """Hides the work tree and keeps it."""
        tracking.disable_tracking(current_user, self.find(ppa_id))
        return self.done(
            ppa_id, "Tracking is disabled. The work tree is hidden; enabling brings it back."
        )
