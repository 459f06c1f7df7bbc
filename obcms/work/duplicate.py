"""Copying work items: not started and without money, since a budget is not doubled (SPEC 3)."""

from typing import Any

from obcms.kernel.audit.bulk import insert_pairs, insert_rows
from obcms.kernel.db.relations import loaded
from obcms.kernel.errors import Conflict
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Actor, Permission, require
from obcms.work.access import lock_item, ppa_of
from obcms.work.models import WorkItem
from obcms.work.models.work_item import work_item_assignee
from obcms.work.order import position_at
from obcms.work.reads.subtree import load_subtree
from obcms.work.rollup import roll_up
from obcms.work.touched import TOUCHED

COPIED = (
    "ppa_id",
    "work_type",
    "title",
    "description",
    "priority",
    "start_date",
    "end_date",
    "auto_calculate_progress",
    "budget_notes",
    "assessment_id",
    "policy_recommendation_id",
)


def duplicate_item(actor: Actor, item: WorkItem, with_subtree: bool) -> WorkItem:
    """A copy right after the item, on request with all below it; returns the copy."""
    require(actor, Permission.WORK_ITEM_EDIT, ppa_of(item))
    lock_item(actor, item)
    if item.parent_id is None:
        raise Conflict("The execution project itself cannot be duplicated.")
    top = _copy(item, item.parent_id, position_at(item.parent_id, item.place + 1))
    top["title"] = f"{item.title[:248]} (copy)"
    originals = load_subtree(item) if with_subtree else [item]
    loaded(item, "assignees")
    copy_of = _write_copies(item, top, with_subtree)
    pairs = [
        {"work_item_id": copy_of[one.id], "user_id": user.id}
        for one in originals
        for user in one.assignees
    ]
    insert_pairs(db.session(), work_item_assignee, pairs, item.ppa_id)
    TOUCHED.of(db.session()).items |= {copy_of[item.id], item.parent_id}
    roll_up(db.session())
    return db.session.get_one(WorkItem, copy_of[item.id])


def _write_copies(item: WorkItem, top: dict[str, Any], with_subtree: bool) -> dict[int, int]:
    """Writes the copies a level at a time, `top` that of the item; their ids by the originals'."""
    copy_of: dict[int, int] = {}
    level = [(item, top)]
    while level:
        stored = insert_rows(db.session(), WorkItem, [row for _, row in level])
        ids = {(row.parent_id, row.position): row.id for row in stored}
        copy_of |= {one.id: ids[row["parent_id"], row["position"]] for one, row in level}
        level = [
            (child, _copy(child, copy_of[one.id], place))
            for one, _ in level
            for place, child in enumerate(one.children if with_subtree else ())
        ]
    return copy_of


def _copy(original: WorkItem, parent_id: int, position: float) -> dict[str, Any]:
    kept = {name: getattr(original, name) for name in COPIED}
    return kept | {"parent_id": parent_id, "position": position}
