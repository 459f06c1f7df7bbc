"""What lines have, by class and in total: the statement's columns, and what is available."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import contains_eager

from obcms.kernel.extensions import db
from obcms.ledger.models import BudgetLine, FundBalance
from obcms.ledger.reads.available import Available, available_of
from obcms.ledger.reads.statement import KINDS, Authorization, StatusRow, fund_status
from obcms.ledger.rules.choices import ActKind, FundCluster
from obcms.ledger.rules.columns import Columns
from obcms.ppas.rules.choices import AppropriationClass


@dataclass(frozen=True)
class Statement:
    """Which statement the figures of an act's lines are from."""

    fiscal_year: int
    authorization: Authorization
    year: int
    as_of: date


@dataclass(frozen=True)
class ClassFunds:
    """Of one class, or of all; pesos."""

    columns: Columns
    available: Available
    appropriation_class: AppropriationClass | None = None


@dataclass(frozen=True)
class Funds:
    """Of some lines in one fund cluster; `classes` are those that have entries."""

    fund_cluster: FundCluster
    statements: Sequence[Statement]
    classes: Sequence[ClassFunds]
    total: ClassFunds


def funds_of(
    which: ColumnElement[bool], fund_cluster: FundCluster, as_of: date | None, today: date
) -> Funds:
    """Of the lines that meet the condition on BudgetLine.

    Figures are those of `statement_of`; what is available counts all that is posted by today.
    """
    query = (
        select(FundBalance)
        .join(FundBalance.line)
        .join(BudgetLine.act)
        .where(which, FundBalance.fund_cluster == fund_cluster)
        .options(contains_eager(FundBalance.line).contains_eager(BudgetLine.act))
    )
    balances = db.session.scalars(query).all()
    acts = sorted({(one.line.act.fiscal_year, one.line.act.kind) for one in balances})
    told = (statement_of(year, kind, as_of, today) for year, kind in acts)
    statements = list(dict.fromkeys(told))
    columns = {row.balance_id: row.columns for one in statements for row in _rows(one, balances)}
    available = available_of(balances, today)
    by_class: defaultdict[AppropriationClass, list[ClassFunds]] = defaultdict(list)
    for one in balances:
        figures = ClassFunds(columns.get(one.id, Columns()), available[one.id])
        by_class[one.appropriation_class].append(figures)
    classes = [_sum(by_class[of], of) for of in AppropriationClass if of in by_class]
    return Funds(fund_cluster, statements, classes, _sum(classes))


def statement_of(fiscal_year: int, kind: ActKind, as_of: date | None, today: date) -> Statement:
    """Without a day, or up to the end of the act's year, that of its own year, which ends with it;
    later that year's continuing one.
    """
    if as_of is not None and as_of.year > fiscal_year:
        return Statement(fiscal_year, Authorization.CONTINUING, as_of.year, as_of)
    own = {kind: authorization for authorization, kind in KINDS.items()}[kind]
    until = as_of or min(today, date(fiscal_year, 12, 31))
    return Statement(fiscal_year, own, fiscal_year, until)


def _rows(one: Statement, balances: Iterable[FundBalance]) -> list[StatusRow]:
    ids = [each.id for each in balances if each.line.act.fiscal_year == one.fiscal_year]
    return fund_status(one.year, one.as_of, one.authorization, FundBalance.id.in_(ids))


def _sum(parts: Iterable[ClassFunds], of_class: AppropriationClass | None = None) -> ClassFunds:
    """The last day to obligate is told where it is one and the same."""
    parts = list(parts)
    days = {one.available.last_day for one in parts}
    available = Available(
        to_allot=sum((one.available.to_allot for one in parts), Available.to_allot),
        to_obligate=sum((one.available.to_obligate for one in parts), Available.to_obligate),
        to_pay=sum((one.available.to_pay for one in parts), Available.to_pay),
        last_day=days.pop() if len(days) == 1 else None,
    )
    return ClassFunds(sum((one.columns for one in parts), Columns()), available, of_class)
