"""Changes of the work tree (SPEC 3). The session hooks check the shape and roll up the figures."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import inspect, select

from obcms.kernel.errors import Invalid, Problem
from obcms.kernel.extensions import db
from obcms.kernel.permissions import CONFINED_ROLES, Actor, Permission, require
from obcms.kernel.records.conflicts import refuse_overtaken_fields
from obcms.kernel.records.values import assign, no_such_record, resolve
from obcms.kernel.rules.cleaning import clean_values
from obcms.ppas.rules.choices import Priority
from obcms.work.access import lock_item, ppa_of
from obcms.work.fields import ENDS_FIRST, WORK_ITEM_FIELDS
from obcms.work.models import WorkItem
from obcms.work.order import position_at
from obcms.work.reads.subtree import load_subtree
from obcms.work.rules.choices import WorkStatus, WorkType

# What a new work item is where nobody says otherwise.
DEFAULTS = {
    "work_type": WorkType.TASK,
    "status": WorkStatus.NOT_STARTED,
    "priority": Priority.MEDIUM,
    "progress": Decimal(0),
}


def create_item(actor: Actor, parent: WorkItem, values: Mapping[str, Any]) -> WorkItem:
    """A new last child of `parent`. Raises Invalid for an illegal type or too large a budget."""
    require(actor, Permission.WORK_ITEM_EDIT, ppa_of(parent))
    lock_item(actor, parent)
    item = WorkItem(
        parent=parent, ppa=parent.ppa, position=position_at(parent.id, None), assignees=[]
    )
    _assign(actor, item, DEFAULTS | dict(values), is_new=True)
    db.session.add(item)
    db.session.flush()
    return item


def edit_item(
    actor: Actor,
    item: WorkItem,
    values: Mapping[str, Any],
    opened: Mapping[str, str] | None = None,
) -> WorkItem:
    """Changes the named columns.

    Raises Conflict when somebody changed one of them since a form showed what was `opened`, and
    where the tree is no longer tracked.
    """
    require(actor, Permission.WORK_ITEM_EDIT, ppa_of(item))
    lock_item(actor, item)
    if opened is not None:
        refuse_overtaken_fields(item, values, opened, WORK_ITEM_FIELDS)
    _assign(actor, item, values, is_new=False)
    db.session.flush()
    return item


def delete_item(actor: Actor, item: WorkItem) -> int:
    """Deletes the item and all below it; returns how many went. Raises Invalid where money is."""
    require(actor, Permission.WORK_ITEM_EDIT, ppa_of(item))
    lock_item(actor, item)
    doomed = load_subtree(item)
    db.session.delete(item)
    db.session.flush()
    return len(doomed)


def cancel_item(actor: Actor, item: WorkItem) -> WorkItem:
    """Takes the item and its subtree out of every roll-up; what was spent stays counted."""
    require(actor, Permission.WORK_ITEM_EDIT, ppa_of(item))
    lock_item(actor, item)
    item.status = WorkStatus.CANCELLED
    item.cancelled_by_hand = True
    db.session.flush()
    return item


def _assign(actor: Actor, item: WorkItem, values: Mapping[str, Any], is_new: bool) -> None:
    cleaned = clean_values(WORK_ITEM_FIELDS, values, "A work item", is_new)
    cleaned = resolve(WORK_ITEM_FIELDS, cleaned)
    if not is_new:
        _refuse_computed(item, cleaned)
    with db.session.no_autoflush:
        assign(item, WORK_ITEM_FIELDS, cleaned)
    problems = strangers(actor, item)
    if item.start_date and item.end_date and item.end_date < item.start_date:
        problems.append(ENDS_FIRST)
    if problems:
        raise Invalid(problems)


def strangers(actor: Actor, item: WorkItem) -> list[Problem]:
    """A problem for each new assignee who is not active, or no colleague as far as the actor sees.

    The staff of a ministry give work to that ministry alone; to them nobody else exists.
    """
    return [
        no_such_record(user.id, "assignees")
        for user in inspect(item).attrs.assignees.history.added
        if not user.is_active
        or (actor.role in CONFINED_ROLES and user.organization_id != actor.organization_id)
    ]


def _refuse_computed(item: WorkItem, values: Mapping[str, Any]) -> None:
    """A parent's computed figures cannot be typed in; a cancellation by hand can."""
    automatic = values.get("auto_calculate_progress", item.auto_calculate_progress)
    asked = {
        name: values[name]
        for name in ("progress", "status")
        if name in values and values[name] != getattr(item, name)
    }
    by_hand = WorkStatus.CANCELLED in (asked.get("status"), item.status)
    if not asked or not automatic or (by_hand and "progress" not in asked):
        return
    open_child = select(WorkItem.id).where(
        WorkItem.parent_id == item.id, WorkItem.status != WorkStatus.CANCELLED
    )
    if db.session.scalar(open_child.limit(1)) is not None:
        raise Invalid(
            f"The {' and '.join(sorted(asked))} of “{item.title}” is computed from the items below "
            "it. Change those, or switch off “Calculate progress automatically”.",
            next(iter(asked)),
        )
