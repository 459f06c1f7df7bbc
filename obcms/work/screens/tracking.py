"""Switching the tracking of a PPA on and off."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_login import current_user
from sqlalchemy import select

from obcms.kernel.db.relations import loaded
from obcms.kernel.errors import Invalid
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Permission, require
from obcms.kernel.screens.forms import Reader, one_line
from obcms.ppas.models import PPA
from obcms.ppas.screens.base import PPAScreen
from obcms.ppas.screens.tabs import add_actions
from obcms.work import tracking
from obcms.work.models import StructureTemplate
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
    """What the way to tracking shows while a PPA is not tracked, or no longer."""
    offers = template_offers(ppa)
    names = [offer.template.name for offer in offers]
    policy = ppa.budget_distribution_policy
    chosen = policy if policy in names else DEFAULT_TEMPLATE
    return {
        "missing": missing_for_tracking(ppa),
        "offers": offers,
        "policies": tracking.policy_names(),
        "chosen": chosen,
    }


def template_offers(ppa: PPA) -> list[Offer]:
    """Every template that can be read; one that an administrator left broken is not offered."""
    offers = []
    for template in db.session.scalars(select(StructureTemplate).order_by(StructureTemplate.id)):
        if template.kind is TemplateKind.MILESTONES:
            offers.append(Offer(template, (), True, len(loaded(ppa, "milestones")) or 1))
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
        """Creates the execution project, or takes up the one that is kept."""
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
        message = "The work tree goes on as it was." if brought_back else "The work tree is ready."
        return self.done(ppa_id, f"Tracking is enabled. {message}", focus=root.id)

    @expose("/disable", methods=["GET", "POST"])
    def disable(self, ppa_id: int) -> ResponseReturnValue:
        """Keeps the work tree, for reading; the dialog asks for a reason where one is needed."""
        ppa = self.find(ppa_id)
        require(current_user, Permission.PPA_TRACK, ppa)
        if request.method != "POST":
            needed = tracking.needs_reason(ppa)
            return self.dialog("work/disable.html", needs_reason=needed, **self.context_of(ppa))
        reader = Reader(request.form)
        reason = reader.read("reason", one_line(), "")
        reader.finish()
        tracking.disable_tracking(current_user, ppa, reason)
        return self.done(
            ppa_id, "Tracking is disabled. The work tree is kept, and its money stays counted."
        )
