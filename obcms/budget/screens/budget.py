"""The budget of a PPA: figures per part, the distributions made, and making another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import jsonify, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_login import current_user

from obcms.budget import distribution
from obcms.budget.reads.batches import ListedBatch, changes_of, is_untouched, list_batches
from obcms.budget.reads.budget_tree import budget_tree_answer
from obcms.budget.screens.distribute import dialog_context, preview_json, read_request
from obcms.kernel.permissions import Permission, require
from obcms.kernel.screens.forms import one_line
from obcms.ppas.models import PPA
from obcms.ppas.rules.choices import BudgetState
from obcms.ppas.screens.base import PPAScreen
from obcms.ppas.screens.tabs import TABS, Tab, add_actions, add_tab
from obcms.work.reads.tree import TreeRow, read_tree
from obcms.work.rules.choices import WorkStatus
from obcms.work.screens.grid import GridRow, grid_lines


@dataclass(frozen=True, slots=True)
class AppliedDistribution:
    """A distribution in the history; `undoable` while nothing later stands in the way."""

    listed: ListedBatch
    undoable: bool


@dataclass(frozen=True, slots=True)
class Overrun:
    """An item that is over, and the cancelled items right below that cost more than they had."""

    line: GridRow
    cancelled: list[TreeRow]


def budget_context(ppa: PPA) -> dict[str, Any]:
    """What the Budget tab shows."""
    lines = grid_lines(read_tree(ppa.id)) if ppa.execution_project_id is not None else []
    root = next((line for line in lines if line.row.id == ppa.execution_project_id), None)
    budgets = {line.row.id: line.row.allocated_budget for line in lines}
    return {
        "root": root,
        "parts": [line for line in lines if root and line.row.parent_id == root.row.id],
        "overruns": _overruns(lines),
        "history": _history(ppa, budgets),
    }


def _overruns(lines: Sequence[GridRow]) -> list[Overrun]:
    cancelled: dict[int | None, list[TreeRow]] = {}
    for line in lines:
        row = line.row
        if row.status is WorkStatus.CANCELLED and row.spent_total > (row.effective_allocation or 0):
            cancelled.setdefault(row.parent_id, []).append(row)
    return [
        Overrun(line, cancelled.get(line.row.id, []))
        for line in lines
        if line.children and line.figures["budget_state"] is BudgetState.OVER
    ]


def _history(ppa: PPA, budgets: Mapping[int, Decimal | None]) -> list[AppliedDistribution]:
    listed = list_batches(ppa.id)
    latest = next((one.batch for one in listed if one.batch.undone_at is None), None)
    undoable = latest if latest is not None and is_untouched(latest, budgets) else None
    return [AppliedDistribution(one, one.batch is undoable) for one in listed]


@add_actions
class BudgetActions(PPAScreen):
    """Distributing: the dialog, its live preview, apply and undo."""

    @expose("/tree.json")
    def tree_json(self, ppa_id: int) -> ResponseReturnValue:
        """The budget tree; amounts are strings of pesos. The tree is null where there is none."""
        return jsonify(budget_tree_answer(self.find(ppa_id)))

    @expose("/distribute")
    def distribute(self, ppa_id: int) -> ResponseReturnValue:
        """The dialog for one parent, named by `parent`; the execution project by default."""
        ppa = self.find(ppa_id)
        require(current_user, Permission.BUDGET_DISTRIBUTE, ppa)
        raw = request.args.get("parent", "")
        parent_id = int(raw) if raw.isdecimal() and len(raw) < 10 else None
        return self.dialog(
            "budget/distribute.html", **self.context_of(ppa), **dialog_context(ppa, parent_id)
        )

    @expose("/distribute/preview", methods=["POST"])
    def preview(self, ppa_id: int) -> ResponseReturnValue:
        """The proposal as JSON; nothing is written."""
        ppa = self.find(ppa_id)
        require(current_user, Permission.BUDGET_DISTRIBUTE, ppa)
        proposal = distribution.preview(current_user, ppa, read_request())
        return preview_json(proposal, read_tree(ppa_id))

    @expose("/distribute/apply", methods=["POST"])
    def apply(self, ppa_id: int) -> ResponseReturnValue:
        """Applies the previewed `version`; a conflict when the state changed since."""
        ppa = self.find(ppa_id)
        require(current_user, Permission.BUDGET_DISTRIBUTE, ppa)
        version = one_line(64)(request.form.get("version", ""), "version")
        batch = distribution.apply(current_user, ppa, read_request(), version).batch
        count = len(batch.after)
        items = "1 item" if count == 1 else f"{count} items"
        return self.done(ppa_id, f"The budget is distributed over {items}.", undo=batch.id)

    @expose("/distributions/<int:batch_id>")
    def distribution(self, ppa_id: int, batch_id: int) -> ResponseReturnValue:
        """What a distribution changed, page by page: in the dialog, or as a page of its own."""
        ppa = self.find(ppa_id)
        batch = distribution.find_batch(ppa, batch_id)
        raw = request.args.get("page", "")
        page = int(raw) if raw.isascii() and raw.isdecimal() and len(raw) < 7 else 1
        context = {"batch": batch, "changes": changes_of(batch, read_tree(ppa_id), page)}
        if request.headers.get("X-Fragment"):
            return self.dialog(
                "budget/distribution.html", is_dialog=True, **self.context_of(ppa), **context
            )
        return self.render(
            "budget/distribution_page.html",
            tab="budget",
            tabs=TABS,
            **self.context_of(ppa),
            **context,
        )

    @expose("/distributions/<int:batch_id>/undo", methods=["POST"])
    def undo(self, ppa_id: int, batch_id: int) -> ResponseReturnValue:
        """Puts the amounts back as they were before the distribution."""
        ppa = self.find(ppa_id)
        distribution.undo(current_user, distribution.find_batch(ppa, batch_id))
        return self.done(ppa_id, "The distribution is undone; the amounts are as before.")


add_tab(
    Tab(
        "budget",
        "Budget",
        30,
        "budget/budget.html",
        budget_context,
        scripts=(("budget", "distribute.js"),),
    )
)
