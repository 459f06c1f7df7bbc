"""Quarters: what was closed and reopened, close, reopen."""

from typing import Any

from sqlalchemy import select

from obcms.kernel.api.access import caller
from obcms.kernel.api.blueprint import APIBlueprint
from obcms.kernel.api.once import HEEDS_KEY, posts_once
from obcms.kernel.api.paging import page_of
from obcms.kernel.api.schemas import PageQuery
from obcms.kernel.permissions import Permission
from obcms.ledger.api.fund_schemas import QuarterAnswer, QuarterGiven, QuarterPage
from obcms.ledger.models import QuarterClosing
from obcms.ledger.quarters import change_quarter

blueprint = APIBlueprint("api_fund_quarters", "/api/fund-quarters", "Closed and reopened quarters")
EXAMPLE = {"year": 2025, "quarter": 1, "action": "close"}


@blueprint.lists(Permission.FUND_VIEW, PageQuery, QuarterPage)
def list_fund_quarters(given: dict[str, Any]) -> dict[str, Any]:
    """List what was closed and reopened"""
    return page_of(select(QuarterClosing), given, {"id": QuarterClosing.id})


@blueprint.route("/", Permission.FUND_CLOSE, methods=["POST"])
@posts_once
@blueprint.arguments(QuarterGiven, example=EXAMPLE)
@blueprint.response(201, QuarterAnswer)
@blueprint.doc(**HEEDS_KEY)
def post_fund_quarter(given: dict[str, Any]) -> QuarterClosing:
    """Close or reopen a quarter

    For all offices and acts at once: closed in order once they have ended, reopened in the reverse
    order and with a reason.
    """
    return change_quarter(caller(), given)
