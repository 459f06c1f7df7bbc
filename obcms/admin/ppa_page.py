"""The page of one PPA: its tabs, and the tree as JSON."""

from typing import Any

from flask import jsonify
from flask.typing import ResponseReturnValue
from flask_admin import expose
from sqlalchemy.orm import selectinload

from obcms.admin.ppa_amend import AmendActions
from obcms.admin.ppa_approval import ApprovalActions, approval_context
from obcms.admin.ppa_budget import BudgetActions, budget_context
from obcms.admin.ppa_grid import grid_lines, summary_cards
from obcms.admin.ppa_history import HistoryActions, history_context
from obcms.admin.ppa_move import MoveActions
from obcms.admin.ppa_spending import SpendingActions
from obcms.admin.ppa_tracking import TrackingActions, enabling_context
from obcms.admin.ppa_work import WorkActions
from obcms.extensions import db
from obcms.models import PPA
from obcms.reports.tree import tree_rows
from obcms.rules.choices import WorkStatus
from obcms.services.tree_answer import budget_tree_answer


def _overview_context(ppa: PPA) -> dict[str, Any]:
    db.session.get(
        PPA,
        ppa.id,
        options=[selectinload(PPA.supporting_organizations), selectinload(PPA.milestones)],
    )
    rows = tree_rows(ppa.id) if ppa.has_work_tree else []
    open_rows = [row for row in rows if row.status != WorkStatus.CANCELLED]
    parents = {row.parent_id for row in open_rows}
    leaves = [row for row in open_rows if row.id not in parents]
    by_status = {status: sum(row.status == status for row in leaves) for status in WorkStatus}
    return {
        "cards": summary_cards(ppa, rows),
        "items": len(rows),
        "leaves": len(leaves),
        "by_status": {status: count for status, count in by_status.items() if count},
    }


def _work_context(ppa: PPA) -> dict[str, Any]:
    if not ppa.has_work_tree:
        return enabling_context(ppa)
    rows = tree_rows(ppa.id)
    return {
        "cards": summary_cards(ppa, rows),
        "lines": grid_lines(rows),
        "statuses": list(WorkStatus),
    }


CONTEXTS = {
    "overview": _overview_context,
    "work_items": _work_context,
    "budget": budget_context,
    "approval": approval_context,
    "history": history_context,
}


class PPAPage(
    TrackingActions,
    WorkActions,
    MoveActions,
    SpendingActions,
    BudgetActions,
    ApprovalActions,
    AmendActions,
    HistoryActions,
):
    """One address for each tab."""

    tab_contexts = CONTEXTS

    @expose("/")
    def overview(self, ppa_id: int) -> ResponseReturnValue:
        """What the PPA is: its fields, milestones, and how its execution stands."""
        return self.page(self.find(ppa_id), "overview")

    @expose("/work-items")
    def work_items(self, ppa_id: int) -> ResponseReturnValue:
        """The tree grid, or the way to it while the PPA is not tracked."""
        return self.page(self.find(ppa_id), "work_items")

    @expose("/budget")
    def budget(self, ppa_id: int) -> ResponseReturnValue:
        """Where the money stands by part, and the distributions made."""
        return self.page(self.find(ppa_id), "budget")

    @expose("/approval")
    def approval(self, ppa_id: int) -> ResponseReturnValue:
        """Where the PPA stands on its way to enactment, and how it got there."""
        return self.page(self.find(ppa_id), "approval")

    @expose("/history")
    def history(self, ppa_id: int) -> ResponseReturnValue:
        """Who did what, how it stood at a moment, and what changed in between."""
        return self.page(self.find(ppa_id), "history")

    @expose("/tree.json")
    def tree_json(self, ppa_id: int) -> ResponseReturnValue:
        """The budget tree; amounts are strings of pesos. The tree is null while it is hidden."""
        ppa = self.find(ppa_id)
        return jsonify(budget_tree_answer(ppa))
