"""Until when money may be obligated, as things stand (SPEC 6)."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from obcms.kernel.extensions import db
from obcms.ledger.models import ActExtension, AppropriationsAct, BudgetLine, FundBalance
from obcms.ledger.rules.choices import LineValidity
from obcms.ledger.rules.validity import ends_with_the_year
from obcms.ppas.rules.choices import AppropriationClass


def last_day_of(line: BudgetLine, of_class: AppropriationClass) -> date | None:
    """The last day to obligate a class of the line, whose act is loaded; None for no last day."""
    query = select(ActExtension).where(ActExtension.act_id == line.act_id)
    return last_day_among(line, of_class, db.session.scalars(query))


def last_days(balance_ids: Iterable[int]) -> dict[int, date | None]:
    """The same of many balances, by their numbers; one query."""
    acts = joinedload(FundBalance.line).joinedload(BudgetLine.act)
    query = select(FundBalance).where(FundBalance.id.in_(list(balance_ids)))
    query = query.options(acts.joinedload(AppropriationsAct.extensions))
    return {
        one.id: last_day_among(one.line, one.appropriation_class, one.line.act.extensions)
        for one in db.session.scalars(query).unique()
    }


def last_day_among(
    line: BudgetLine, of_class: AppropriationClass, extensions: Iterable[ActExtension]
) -> date | None:
    """The latest of what the act says and what later acts, its extensions, say of it."""
    if line.validity is LineValidity.UNLIMITED:
        return None
    if line.validity is LineValidity.OWN_DAY:
        return line.last_day
    first = ends_with_the_year(line.cost_structure, of_class)
    last = line.act.last_day_first if first else line.act.last_day_other
    return max([last, *(one.last_day for one in extensions if _covers(one, line, of_class))])


def _covers(one: ActExtension, line: BudgetLine, of_class: AppropriationClass) -> bool:
    return one.cost_structure in (None, line.cost_structure) and (
        one.appropriation_class in (None, of_class)
    )
