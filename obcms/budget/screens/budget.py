"""The budget of a PPA: figures per part, the distributions made, and making another."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import jsonify, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from obcms.budget import distribution
from obcms.budget.models import DistributionBatch
from obcms.budget.reads.budget_tree import budget_tree_answer
from obcms.budget.screens.distribute import dialog_context, preview_json, read_request
from obcms.kernel.db.keys import LARGEST_KEY
from obcms.kernel.errors import NotFound
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Permission, require
from obcms.kernel.screens.forms import one_line
from obcms.ppas.models import PPA
from obcms.ppas.screens.base import PPAScreen
from obcms.ppas.screens.tabs import Tab, add_actions, add_tab
from obcms.work.reads.tree import tree_rows
from obcms.work.screens.grid import grid_lines

SHOWN_BATCHES = 50


@dataclass(frozen=True, slots=True)
class Change:
    """One item's amount before and after a distribution; the title as it is now, if it is."""

    number: str
    title: str
    before: Decimal | None
    after: Decimal | None
    value: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A distribution in the history; `undoable` while nothing later stands in the way."""

    batch: DistributionBatch
    parent: str
    budget: Decimal
    changes: Sequence[Change]
    undoable: bool


def budget_context(ppa: PPA) -> dict[str, Any]:
    """What the Budget tab shows."""
    lines = grid_lines(tree_rows(ppa.id)) if ppa.has_work_tree else []
    root = next((line for line in lines if line.row.id == ppa.execution_project_id), None)
    return {
        "root": root,
        "parts": [line for line in lines if root and line.row.parent_id == root.row.id],
        "history": _history(ppa, {line.row.id: line for line in lines}),
    }


def _history(ppa: PPA, lines: dict[int, Any]) -> list[Entry]:
    query = (
        select(DistributionBatch)
        .where(DistributionBatch.ppa_id == ppa.id)
        .order_by(DistributionBatch.id.desc())
        .limit(SHOWN_BATCHES)
        .options(joinedload(DistributionBatch.applied_by), joinedload(DistributionBatch.undone_by))
    )
    batches = db.session.scalars(query).all()
    latest = next((batch.id for batch in batches if batch.undone_at is None), None)
    return [
        Entry(
            batch,
            _name(lines, batch.parent_id)[1],
            Decimal(batch.parameters["budget"]),
            [_change(batch, lines, item_id) for item_id in _in_order(batch, lines)],
            batch.id == latest and _untouched(batch, lines),
        )
        for batch in batches
    ]


def _in_order(batch: DistributionBatch, lines: dict[int, Any]) -> list[int]:
    known = {item_id: place for place, item_id in enumerate(lines)}
    return sorted(map(int, batch.after), key=lambda item_id: known.get(item_id, len(known)))


def _untouched(batch: DistributionBatch, lines: dict[int, Any]) -> bool:
    return all(
        int(item_id) in lines and lines[int(item_id)].row.allocated_budget == Decimal(amount)
        for item_id, amount in batch.after.items()
    )


def _change(batch: DistributionBatch, lines: dict[int, Any], item_id: int) -> Change:
    before, after = batch.before.get(str(item_id)), batch.after[str(item_id)]
    return Change(
        *_name(lines, item_id),
        before=None if before is None else Decimal(before),
        after=None if after is None else Decimal(after),
        value=batch.parameters.get("values", {}).get(str(item_id), ""),
    )


def _name(lines: dict[int, Any], item_id: int) -> tuple[str, str]:
    line = lines.get(item_id)
    return (line.number, line.row.title) if line else ("", "an item that was deleted since")


@add_actions
class BudgetActions(PPAScreen):
    """Distributing: the dialog, its live preview, apply and undo."""

    @expose("/tree.json")
    def tree_json(self, ppa_id: int) -> ResponseReturnValue:
        """The budget tree; amounts are strings of pesos. The tree is null while it is hidden."""
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
        return preview_json(proposal, tree_rows(ppa_id))

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

    @expose("/distributions/<int:batch_id>/undo", methods=["POST"])
    def undo(self, ppa_id: int, batch_id: int) -> ResponseReturnValue:
        """Puts the amounts back as they were before the distribution."""
        ppa = self.find(ppa_id)
        if batch_id > LARGEST_KEY:
            raise NotFound("There is no such distribution.")
        distribution.undo(current_user, distribution.find_batch(ppa, batch_id))
        return self.done(ppa_id, "The distribution is undone; the amounts are as before.")


add_tab(Tab("budget", "Budget", 30, "budget/budget.html", budget_context))
