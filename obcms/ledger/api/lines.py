"""Budget lines: list, read."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import contains_eager, joinedload

from obcms.kernel.api.access import caller
from obcms.kernel.api.blueprint import APIBlueprint
from obcms.kernel.api.etag import tagged
from obcms.kernel.api.paging import page_of
from obcms.kernel.db.keys import LARGEST_KEY
from obcms.kernel.db.search import found_in
from obcms.kernel.permissions import Permission, visible
from obcms.kernel.rules.folding import code_key
from obcms.ledger.api.schemas import LINE_ORDERINGS, LineAnswer, LinePage, LineQuery
from obcms.ledger.api.subjects import subject
from obcms.ledger.models import AppropriationsAct, BudgetLine
from obcms.organizations.reads import ids_of_moa
from obcms.ppas.models import PPA

blueprint = APIBlueprint(
    "api_budget_lines", "/api/budget-lines", "Lines of appropriations acts, and what they have"
)
ONE = "/<int:budget_line_id>/"
COLUMNS = {name: getattr(BudgetLine, name) for name in LINE_ORDERINGS}


@blueprint.lists(Permission.FUND_VIEW, LineQuery, LinePage)
def list_budget_lines(given: dict[str, Any]) -> dict[str, Any]:
    """List budget lines

    Those that exist for the token's user. Their money is at `funds/`.
    """
    query = (
        select(BudgetLine)
        .join(BudgetLine.act)
        .options(contains_eager(BudgetLine.act), joinedload(BudgetLine.organization))
        .where(visible(caller(), BudgetLine.organization_id))
    )
    return page_of(_narrowed(query, given), given, COLUMNS)


@blueprint.reads(ONE, Permission.FUND_VIEW, LineAnswer)
def read_budget_line(budget_line_id: int) -> Any:
    """Read a budget line"""
    return tagged(LineAnswer(), subject(budget_line_id))


def _narrowed(query: Select, given: Mapping[str, Any]) -> Select:
    if "fiscal_year" in given:
        query = query.where(AppropriationsAct.fiscal_year == given["fiscal_year"])
    if "act" in given:
        query = query.where(BudgetLine.act_id == given["act"])
    if "moa" in given:
        query = query.where(BudgetLine.organization_id.in_(ids_of_moa(given["moa"])))
    if "cost_structure" in given:
        query = query.where(BudgetLine.cost_structure == given["cost_structure"])
    if "ppa" in given:
        query = query.where(_of_ppa(given["ppa"]))
    if "search" in given:
        query = query.where(found_in(given["search"], BudgetLine.search_text))
    return query


def _of_ppa(named: str) -> ColumnElement[bool]:
    """By its number or its code."""
    if named.isascii() and named.isdigit() and int(named) <= LARGEST_KEY:
        return BudgetLine.ppa_id == int(named)
    return BudgetLine.ppa_id.in_(select(PPA.id).where(PPA.code_key == code_key(named)))
