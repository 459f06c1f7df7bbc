"""Fund entries: list and post those of a line, read, void."""

from typing import Any

from flask import Response, make_response, url_for
from sqlalchemy import ColumnElement

from obcms.kernel.api.access import caller
from obcms.kernel.api.blueprint import APIBlueprint
from obcms.kernel.api.etag import LOCATION
from obcms.kernel.api.once import HEEDS_KEY, posts_once
from obcms.kernel.api.paging import page_of
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Permission
from obcms.ledger.api.lines import ONE
from obcms.ledger.api.lines import blueprint as of_lines
from obcms.ledger.api.schemas import (
    ENTRY_ORDERINGS,
    FundEntryAnswer,
    FundEntryGiven,
    FundEntryPage,
    FundEntryQuery,
    FundVoidGiven,
)
from obcms.ledger.api.subjects import subject
from obcms.ledger.models import FundBalance, FundEntry
from obcms.ledger.post import post_entry
from obcms.ledger.reads.entries import shown_entries
from obcms.ledger.void import void_entry

blueprint = APIBlueprint("api_fund_entries", "/api/fund-entries", "Posted entries of the ledger")
EXAMPLE = {
    "kind": "obligation",
    "appropriation_class": "mooe",
    "amount": "1250.00",
    "reference": "02-101101-2025-02-0001",
    "payee": "Kalilintad Catering",
    "remarks": "Training of health workers",
}
COLUMNS = {name: getattr(FundEntry, name, FundEntry.posting_date) for name in ENTRY_ORDERINGS}
EQUALS = {
    "kind": FundEntry.kind,
    "appropriation_class": FundBalance.appropriation_class,
    "fund_cluster": FundBalance.fund_cluster,
    "obligation": FundEntry.obligation_id,
}


@of_lines.route(f"{ONE}fund-entries/", Permission.FUND_VIEW)
@of_lines.arguments(FundEntryQuery, location="query")
@of_lines.response(200, FundEntryPage)
def list_fund_entries(given: dict[str, Any], budget_line_id: int) -> dict[str, Any]:
    """List the entries of a budget line

    Voided ones and voids too.
    """
    which: list[ColumnElement[bool]] = [FundBalance.line_id == budget_line_id]
    which += [column == given[name] for name, column in EQUALS.items() if name in given]
    if "since" in given:
        which.append(FundEntry.posting_date >= given["since"])
    if "until" in given:
        which.append(FundEntry.posting_date <= given["until"])
    return page_of(shown_entries(caller(), *which), given, COLUMNS)


@of_lines.route(f"{ONE}fund-entries/", Permission.FUND_SPEND, methods=["POST"])
@posts_once
@of_lines.arguments(FundEntryGiven, example=EXAMPLE)
@of_lines.response(201, FundEntryAnswer, headers=LOCATION)
@of_lines.doc(**HEEDS_KEY)
def post_fund_entry(given: dict[str, Any], budget_line_id: int) -> Response:
    """Post an entry on a budget line

    Without days it is posted today. A ministry posts obligations, payables, disbursements, their
    adjustments and liquidations on its own lines, MFBM all kinds. A refusal for money tells what is
    `available` and the day on which it `breaks_on`. Nothing posted is changed, only voided.
    """
    return posted(post_entry(caller(), subject(budget_line_id), given))


@blueprint.route("/<int:fund_entry_id>/", Permission.FUND_VIEW)
@blueprint.response(200, FundEntryAnswer)
def read_fund_entry(fund_entry_id: int) -> FundEntry:
    """Read an entry"""
    return _read(fund_entry_id)


@blueprint.route("/<int:fund_entry_id>/void/", Permission.FUND_VIEW, methods=["POST"])
@posts_once
@blueprint.arguments(FundVoidGiven, example={"reason": "Entered twice"})
@blueprint.response(201, FundEntryAnswer, headers=LOCATION)
@blueprint.doc(**HEEDS_KEY)
def void_fund_entry(given: dict[str, Any], fund_entry_id: int) -> Response:
    """Void an entry

    Answers the entry that takes it back; what was posted together is voided together. A second void
    is 409.
    """
    void, *_ = void_entry(caller(), subject(fund_entry_id), given.get("reason", ""))
    return posted(void)


def posted(entry: FundEntry) -> Response:
    """The answer for a new entry, with its address."""
    answer = make_response(FundEntryAnswer().dump(_read(entry.id)), 201)
    answer.location = url_for("api_fund_entries.read_fund_entry", fund_entry_id=entry.id)
    return answer


def _read(number: int) -> FundEntry:
    query = shown_entries(caller(), FundEntry.id == number)
    return db.session.scalars(query.execution_options(populate_existing=True)).one()
