"""What was spent on a work item: list, post, void."""

from typing import Any

from sqlalchemy import select

from obcms.kernel.api.access import caller
from obcms.kernel.api.etag import HEEDS_IF_MATCH, heed_if_match
from obcms.kernel.api.once import HEEDS_KEY, posts_once
from obcms.kernel.api.paging import page_of
from obcms.kernel.api.schemas import PageQuery
from obcms.kernel.permissions import Permission
from obcms.spending.access import find_expenditure
from obcms.spending.expenditures import NewExpenditure, post_expenditure, void_expenditure
from obcms.spending.models import Expenditure
from obcms.spending.schemas import ExpenditureAnswer, ExpenditureGiven, ExpenditurePage, VoidGiven
from obcms.work.api.items import blueprint
from obcms.work.api.subjects import find_work_item
from obcms.work.models import WorkItem

HEEDS_BOTH = {"parameters": [*HEEDS_IF_MATCH["parameters"], *HEEDS_KEY["parameters"]]}


@blueprint.route("/<int:item_id>/expenditures/", Permission.PPA_VIEW)
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, ExpenditurePage)
def list_expenditures(given: dict[str, Any], item_id: int) -> dict[str, Any]:
    """List the expenditures of a work item

    Voided lines too, with the reason.
    """
    item = find_work_item(item_id)
    query = select(Expenditure).where(Expenditure.work_item_id == item.id)
    return page_of(query, given, {"id": Expenditure.id})


@blueprint.route("/<int:item_id>/expenditures/", Permission.EXPENDITURE_POST, methods=["POST"])
@posts_once
@blueprint.arguments(
    ExpenditureGiven,
    example={"spent_on": "2025-02-03", "amount": "1250.00", "description": "Supplies"},
)
@blueprint.response(201, ExpenditureAnswer)
@blueprint.doc(**HEEDS_BOTH)
def post_work_item_expenditure(given: dict[str, Any], item_id: int) -> Expenditure:
    """Post an expenditure

    It counts at once for the item, all above it and the PPA. It is never changed, only voided.
    Receipts are added on the screens.
    """
    item = find_work_item(item_id)
    heed_if_match(item)
    return post_expenditure(caller(), item, NewExpenditure(**given))


@blueprint.route(
    "/<int:item_id>/expenditures/<int:line_id>/void/",
    Permission.EXPENDITURE_VOID,
    methods=["POST"],
)
@posts_once
@blueprint.arguments(VoidGiven, example={"reason": "Entered twice"})
@blueprint.response(200, ExpenditureAnswer)
@blueprint.doc(**HEEDS_BOTH)
def void_work_item_expenditure(given: dict[str, Any], item_id: int, line_id: int) -> Expenditure:
    """Void an expenditure

    It leaves every total and stays on record with the reason.
    """
    item = find_work_item(item_id)
    heed_if_match(item)
    line = find_expenditure(line_id, WorkItem.id == item.id)
    void_expenditure(caller(), line, given["reason"])
    return line
