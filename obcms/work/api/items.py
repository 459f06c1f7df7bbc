"""Work items: list, create, read, change, delete."""

from collections.abc import Mapping
from typing import Any

from flask.typing import ResponseReturnValue
from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager, selectinload, undefer

from obcms.kernel.api.access import caller
from obcms.kernel.api.blueprint import APIBlueprint
from obcms.kernel.api.etag import heed_if_match, tagged
from obcms.kernel.api.paging import page_of
from obcms.kernel.db.search import found_in
from obcms.kernel.errors import Conflict, Invalid
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Permission, visible
from obcms.organizations.reads import ids_of_moa
from obcms.people.models import User
from obcms.ppas.access import find_ppa
from obcms.ppas.models import PPA
from obcms.work import work_items
from obcms.work.api.subjects import find_work_item
from obcms.work.api.tracking import with_tree
from obcms.work.fields import OTHER_PPA
from obcms.work.models import WorkItem
from obcms.work.move import move_item
from obcms.work.schemas import (
    ORDERINGS,
    WorkItemAnswer,
    WorkItemChange,
    WorkItemGiven,
    WorkItemPage,
    WorkItemQuery,
)

blueprint = APIBlueprint("api_work_items", "/api/work-items", "The work trees of tracked PPAs")
ONE = "/<int:item_id>/"
EXAMPLE = {"ppa": 1, "work_type": "activity", "title": "Survey"}
EQUALS = {
    "ppa": WorkItem.ppa_id,
    "parent": WorkItem.parent_id,
    "implementing_moa": PPA.implementing_moa_id,
    "work_type": WorkItem.work_type,
    "status": WorkItem.status,
    "priority": WorkItem.priority,
}
COLUMNS = {name: getattr(WorkItem, name) for name in ORDERINGS}


@blueprint.lists(Permission.PPA_VIEW, WorkItemQuery, WorkItemPage)
def list_work_items(given: dict[str, Any]) -> dict[str, Any]:
    """List work items

    Of the PPAs that exist for the token's user, those no longer tracked included: `tracked` tells.
    """
    query = select(WorkItem).outerjoin(PPA, WorkItem.ppa_id == PPA.id)
    query = query.where(visible(caller(), PPA.implementing_moa_id))
    query = _narrowed(query, given).options(
        contains_eager(WorkItem.ppa), selectinload(WorkItem.assignees), undefer(WorkItem.place)
    )
    return page_of(query, given, COLUMNS)


@blueprint.adds(Permission.WORK_ITEM_EDIT, WorkItemGiven, WorkItemAnswer, EXAMPLE)
def create_work_item(given: dict[str, Any]) -> ResponseReturnValue:
    """Add a work item

    As the last child of `parent`, or of the execution project of `ppa`.
    """
    values = dict(given)
    parent = _parent_of(values)
    place = values.pop("place", None)
    item = work_items.create_item(caller(), parent, values)
    if place is not None:
        move_item(caller(), item, parent, place)
    answer = created(item)
    db.session.commit()
    return answer


@blueprint.reads(ONE, Permission.PPA_VIEW, WorkItemAnswer)
def read_work_item(item_id: int) -> ResponseReturnValue:
    """Read a work item

    The ETag names its version; with it in If-None-Match an unchanged item answers 304.
    """
    item = find_work_item(item_id)
    heed_if_match(item)
    return tagged(WorkItemAnswer(), item)


@blueprint.changes(
    ONE, Permission.WORK_ITEM_EDIT, WorkItemChange, WorkItemAnswer, {"progress": "50.00"}
)
def change_work_item(given: dict[str, Any], item_id: int) -> ResponseReturnValue:
    """Change a work item

    Progress, status and budget roll up to the PPA at once. Another parent or position moves it;
    another status reopens one that is completed or cancelled.
    """
    item = find_work_item(item_id)
    heed_if_match(item)
    values = dict(given)
    moves = {name: values.pop(name) for name in ("parent_id", "place") if name in values}
    if moves:
        _move(item, moves)
    if values or not moves:
        work_items.edit_item(caller(), item, values)
    answer = tagged(WorkItemAnswer(), item)
    db.session.commit()
    return answer


@blueprint.deletes(ONE, Permission.WORK_ITEM_EDIT)
def delete_work_item(item_id: int) -> None:
    """Delete a work item

    With all below it. Where money was posted it can only be cancelled.
    """
    item = find_work_item(item_id)
    heed_if_match(item)
    if item.ppa is not None and item.ppa.execution_project_id == item.id:
        raise Conflict("The execution project itself cannot be deleted.")
    work_items.delete_item(caller(), item)
    db.session.commit()


def created(item: WorkItem) -> ResponseReturnValue:
    """The answer with a new work item."""
    where = {"created": "api_work_items.read_work_item", "item_id": item.id}
    return tagged(WorkItemAnswer(), item, **where)


def _move(item: WorkItem, moves: Mapping[str, Any]) -> None:
    parent_id = moves.get("parent_id", item.parent_id)
    if parent_id is None:
        raise Invalid("Only the execution project has no parent.", "parent")
    if parent_id == item.parent_id and moves.get("place", item.place) == item.place:
        return
    move_item(caller(), item, find_work_item(parent_id), moves.get("place"))


def _parent_of(values: dict[str, Any]) -> WorkItem:
    """The parent of a new item, taken out of the values."""
    ppa_id, parent_id = values.pop("ppa_id", None), values.pop("parent_id", None)
    if parent_id is not None:
        parent = find_work_item(parent_id)
        if ppa_id is not None and parent.ppa_id != ppa_id:
            raise Invalid(OTHER_PPA)
        return parent
    if ppa_id is None:
        raise Invalid("Name the parent, or the PPA whose execution project it is.", "parent")
    return find_work_item(with_tree(find_ppa(caller(), ppa_id)).execution_project_id)


def _narrowed(query: Select, given: Mapping[str, Any]) -> Select:
    for name, column in EQUALS.items():
        if name in given:
            query = query.where(column == given[name])
    if "assignee" in given:
        query = query.where(WorkItem.assignees.any(User.id == given["assignee"]))
    if "end_date_from" in given:
        query = query.where(WorkItem.end_date >= given["end_date_from"])
    if "end_date_to" in given:
        query = query.where(WorkItem.end_date <= given["end_date_to"])
    if "moa" in given:
        query = query.where(PPA.implementing_moa_id.in_(ids_of_moa(given["moa"])))
    if "end_date_empty" in given:
        empty = WorkItem.end_date.is_(None)
        query = query.where(empty if given["end_date_empty"] else ~empty)
    if "search" in given:
        query = query.where(found_in(given["search"], WorkItem.search_text))
    return query
