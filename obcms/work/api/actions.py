"""What else is done with a work item: duplicate, cancel."""

from typing import Any

from flask.typing import ResponseReturnValue

from obcms.kernel.api.access import caller
from obcms.kernel.api.etag import CREATED, ETAG, HEEDS_IF_MATCH, heed_if_match, tagged
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Permission
from obcms.work import work_items
from obcms.work.api.items import blueprint, created
from obcms.work.api.subjects import find_work_item
from obcms.work.duplicate import duplicate_item
from obcms.work.schemas import DuplicateGiven, WorkItemAnswer


@blueprint.route("/<int:item_id>/duplicate/", Permission.WORK_ITEM_EDIT, methods=["POST"])
@blueprint.arguments(DuplicateGiven, required=False, example={"with_subtree": True})
@blueprint.response(201, WorkItemAnswer, headers=CREATED)
@blueprint.doc(**HEEDS_IF_MATCH)
def duplicate_work_item(given: dict[str, Any], item_id: int) -> ResponseReturnValue:
    """Duplicate a work item

    The copy stands right after it, not started and without money.
    """
    item = find_work_item(item_id)
    heed_if_match(item)
    copy = duplicate_item(caller(), item, given.get("with_subtree", False))
    answer = created(copy)
    db.session.commit()
    return answer


@blueprint.route("/<int:item_id>/cancel/", Permission.WORK_ITEM_EDIT, methods=["POST"])
@blueprint.response(200, WorkItemAnswer, headers=ETAG)
@blueprint.doc(**HEEDS_IF_MATCH)
def cancel_work_item(item_id: int) -> ResponseReturnValue:
    """Cancel a work item

    Takes it and all below it out of every roll-up; what was spent stays counted.
    """
    item = find_work_item(item_id)
    heed_if_match(item)
    work_items.cancel_item(caller(), item)
    answer = tagged(WorkItemAnswer(), item)
    db.session.commit()
    return answer
