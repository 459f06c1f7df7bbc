"""The work items of a PPA: adding, editing, cancelling and deleting them."""

import json
from decimal import Decimal
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_login import current_user

from obcms.kernel.extensions import db
from obcms.kernel.permissions import Permission, require
from obcms.kernel.records.form import sent_values
from obcms.kernel.records.opened import changed_by_user, fingerprints, read_opened
from obcms.ppas.rules.choices import Priority
from obcms.ppas.screens.base import quoted
from obcms.ppas.screens.tabs import add_actions
from obcms.work import work_items
from obcms.work.duplicate import duplicate_item
from obcms.work.fields import WORK_ITEM_FIELDS
from obcms.work.models import WorkItem
from obcms.work.reads.explain import explain_item
from obcms.work.reads.one_item import read_below, read_spot
from obcms.work.reads.tree import figures
from obcms.work.rules.choices import WorkStatus
from obcms.work.rules.structure import MAX_DEPTH
from obcms.work.screens.base import WorkItemScreen
from obcms.work.screens.grid import child_types
from obcms.work.spent import items_with_money, spent_by_item

# What the form of a new item lets people set, and what the one below a row does not.
NEW_NAMES = ("title", "work_type", "start_date", "end_date", "allocated_budget")
NOT_INLINE = ("work_type", "assignees", "assessment_id", "policy_recommendation_id")
NEW = [field for field in WORK_ITEM_FIELDS if field.name in NEW_NAMES]
INLINE = [field for field in WORK_ITEM_FIELDS if field.name not in NOT_INLINE]


@add_actions
class WorkActions(WorkItemScreen):
    """One dialog or form for each action, and the action itself."""

    @expose("/items/<int:item_id>/explain")
    def explain(self, ppa_id: int, item_id: int) -> ResponseReturnValue:
        """How the item's progress was computed; a leaf's own progress can be reported there."""
        item = self.find_item(ppa_id, item_id)
        computation = explain_item(item_id, item.ppa.progress_weighting)
        opened = json.dumps(fingerprints(item, INLINE))
        return self.dialog(
            "work/explain.html",
            computation=computation,
            opened=opened,
            **self.context_of(item.ppa),
        )

    @expose("/items/<int:item_id>/edit", methods=["GET", "POST"])
    def edit(self, ppa_id: int, item_id: int) -> ResponseReturnValue:
        """The form below the row; it writes what its user changed since it was opened."""
        item = self.find_item_to_change(ppa_id, item_id)
        require(current_user, Permission.WORK_ITEM_EDIT, item.ppa)
        if request.method != "POST":
            return self.dialog("work/edit_row.html", item=item, **self.editor_of(item))
        opened = read_opened(request.form.get("opened", ""))
        values = changed_by_user(sent_values(request.form, INLINE), opened, INLINE)
        if values:
            work_items.edit_item(current_user, item, values, opened=opened)
        return self.done(ppa_id, f"{quoted(item.title)} is saved.", focus=item_id)

    @expose("/items/<int:item_id>/add", methods=["GET", "POST"])
    def add(self, ppa_id: int, item_id: int) -> ResponseReturnValue:
        """A new last child of the item, of a type that may stand there."""
        parent = self.find_item_to_change(ppa_id, item_id)
        require(current_user, Permission.WORK_ITEM_EDIT, parent.ppa)
        if request.method != "POST":
            spot = read_spot(parent)
            types = child_types(parent.work_type) if spot.level < MAX_DEPTH else []
            free = figures(parent, spot.children > 0)["unallocated"]
            return self.dialog(
                "work/add.html", parent=parent, number=spot.number, free=free, types=types
            )
        values = sent_values(request.form, NEW)
        item = work_items.create_item(current_user, parent, values)
        return self.done(ppa_id, f"{quoted(item.title)} is added.", focus=item.id)

    @expose("/items/<int:item_id>/duplicate", methods=["POST"])
    def duplicate(self, ppa_id: int, item_id: int) -> ResponseReturnValue:
        """A copy right after the item, on request with all below it."""
        item = self.find_item_to_change(ppa_id, item_id)
        subtree = request.form.get("subtree") == "1"
        copy = duplicate_item(current_user, item, subtree)
        return self.done(
            ppa_id, f"{quoted(item.title)} is copied, without budget or progress.", focus=copy.id
        )

    @expose("/items/<int:item_id>/cancel", methods=["GET", "POST"])
    def cancel(self, ppa_id: int, item_id: int) -> ResponseReturnValue:
        """Out of every roll-up; the dialog says what that means for its money."""
        item = self.find_item_to_change(ppa_id, item_id)
        require(current_user, Permission.WORK_ITEM_EDIT, item.ppa)
        if request.method != "POST":
            return self.dialog("work/cancel.html", item=item, below=read_below(item_id))
        work_items.cancel_item(current_user, item)
        return self.done(ppa_id, f"{quoted(item.title)} is cancelled.", focus=item_id)

    @expose("/items/<int:item_id>/reopen", methods=["POST"])
    def reopen(self, ppa_id: int, item_id: int) -> ResponseReturnValue:
        """Back into the roll-ups, with the progress it had."""
        item = self.find_item_to_change(ppa_id, item_id)
        full = item.progress == 100
        status = WorkStatus.COMPLETED if full else WorkStatus.NOT_STARTED
        work_items.edit_item(current_user, item, {"status": status})
        return self.done(ppa_id, f"{quoted(item.title)} is open again.", focus=item_id)

    @expose("/items/<int:item_id>/delete", methods=["GET", "POST"])
    def delete(self, ppa_id: int, item_id: int) -> ResponseReturnValue:
        """For good; the dialog shows what goes with it, or why it cannot."""
        item = self.find_item_to_change(ppa_id, item_id)
        require(current_user, Permission.WORK_ITEM_EDIT, item.ppa)
        if request.method != "POST":
            below = read_below(item_id)
            posted = _items_with_money([item_id, *(row.id for _, row in below)])
            return self.dialog("work/delete.html", item=item, below=below, posted=posted)
        title, parent_id = quoted(item.title), item.parent_id
        count = work_items.delete_item(current_user, item)
        with_it = f", with {count - 1} below it" if count > 1 else ""
        return self.done(ppa_id, f"{title} is deleted{with_it}.", focus=parent_id)

    def editor_of(self, item: WorkItem) -> dict[str, Any]:
        """What the edit form shows and offers; cancelling has a button of its own."""
        return {
            "line": read_spot(item),
            "opened": json.dumps(fingerprints(item, INLINE)),
            "statuses": [one for one in WorkStatus if one is not WorkStatus.CANCELLED],
            "priorities": list(Priority),
        }


def _items_with_money(ids: list[int]) -> tuple[int, Decimal]:
    """How many of the items have posted lines, voided ones included, and what still counts."""
    session = db.session()
    return len(items_with_money(session, ids)), sum(
        spent_by_item(session, ids).values(), Decimal(0)
    )
