"""The acts with what they come to."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from obcms.kernel.extensions import db
from obcms.ledger.models import AppropriationsAct, BudgetLine, FundBalance


class ActSums(NamedTuple):
    """An act, how many lines it has, and what stands on them now, adjusted; pesos."""

    act: AppropriationsAct
    lines: int
    appropriated: Decimal


def acts_with_sums() -> Sequence[ActSums]:
    """All of them with their extensions, the newest year first."""
    lines = select(BudgetLine.act_id, func.count()).group_by(BudgetLine.act_id)
    sums = select(BudgetLine.act_id, func.sum(FundBalance.appropriated))
    sums = sums.join(FundBalance.line).group_by(BudgetLine.act_id)
    counted = dict(db.session.execute(lines).tuples().all())
    summed = dict(db.session.execute(sums).tuples().all())
    query = select(AppropriationsAct).options(selectinload(AppropriationsAct.extensions))
    query = query.order_by(AppropriationsAct.fiscal_year.desc(), AppropriationsAct.id)
    return [
        ActSums(one, counted.get(one.id, 0), summed.get(one.id, Decimal(0)))
        for one in db.session.scalars(query)
    ]
