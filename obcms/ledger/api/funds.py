"""What a line or a PPA has: the statement's columns, and what is available."""

from typing import Any

from sqlalchemy import ColumnElement

from obcms.kernel.permissions import Permission
from obcms.ledger.api.fund_schemas import FundsAnswer, FundsQuery
from obcms.ledger.api.lines import ONE
from obcms.ledger.api.lines import blueprint as of_lines
from obcms.ledger.models import BudgetLine
from obcms.ledger.reads.funds import Funds, funds_of
from obcms.ledger.reads.today import today
from obcms.ledger.rules.choices import FundCluster
from obcms.ppas.api.ppas import blueprint as of_ppas


@of_lines.route(f"{ONE}funds/", Permission.FUND_VIEW)
@of_lines.arguments(FundsQuery, location="query")
@of_lines.response(200, FundsAnswer)
def list_funds_of_line(given: dict[str, Any], budget_line_id: int) -> Funds:
    """Read what a budget line has

    By allotment class and in total: columns 3 to 24 of its statement, and what is available to
    allot, obligate and pay by all that is posted by today.
    """
    return _funds(BudgetLine.id == budget_line_id, given)


@of_ppas.route("/<int:ppa_id>/funds/", Permission.FUND_VIEW)
@of_ppas.arguments(FundsQuery, location="query")
@of_ppas.response(200, FundsAnswer)
def list_funds_of_ppa(given: dict[str, Any], ppa_id: int) -> Funds:
    """Read what the lines of a PPA have

    The same, for all lines that fund it.
    """
    return _funds(BudgetLine.ppa_id == ppa_id, given)


def _funds(which: ColumnElement[bool], given: dict[str, Any]) -> Funds:
    cluster = given.get("fund_cluster", FundCluster.REGULAR)
    return funds_of(which, cluster, given.get("as_of"), today())
