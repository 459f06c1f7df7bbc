"""Fund status: the SAAODB's columns of each line and class, as of a day (SPEC 6, API).

Whole quarters come from their totals, so the cost grows with lines; only the days of an unfinished
quarter are added up from entries.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, case, extract, func, literal, select

from obcms.kernel.extensions import db
from obcms.ledger.models import (
    AppropriationsAct,
    BudgetLine,
    FundBalance,
    FundEntry,
    FundTotal,
    Obligation,
)
from obcms.ledger.reads.last_days import last_days
from obcms.ledger.reads.today import today
from obcms.ledger.rules.choices import ActKind, FundCluster
from obcms.ledger.rules.columns import (
    SUMS,
    YEAR_SUMS,
    Columns,
    Sums,
    YearSums,
    continuing,
    current,
)
from obcms.ledger.rules.effects import EFFECTS, OF_AN_OBLIGATION
from obcms.ledger.rules.quarters import Quarter
from obcms.ppas.rules.choices import AppropriationClass


class Authorization(StrEnum):
    """Which statement: of the regular or a supplemental act's own year, or of a later one."""

    CURRENT = "current"
    SUPPLEMENTAL = "supplemental"
    CONTINUING = "continuing"


KINDS = {
    Authorization.CURRENT: ActKind.REGULAR,
    Authorization.SUPPLEMENTAL: ActKind.SUPPLEMENTAL,
}


NOTHING = YearSums()


@dataclass(frozen=True)
class StatusRow:
    """The columns of a class of a line, in one fund cluster."""

    balance_id: int
    line_id: int
    appropriation_class: AppropriationClass
    fund_cluster: FundCluster
    columns: Columns


def fund_status(
    year: int,
    as_of: date,
    authorization: Authorization,
    *which: ColumnElement[bool],
) -> list[StatusRow]:
    """The rows of a statement of `year`, with all that is posted up to `as_of`.

    `which` are conditions on BudgetLine, AppropriationsAct and FundBalance. A continuing statement
    has the lines and classes whose last day to obligate is in the year or after it. Two queries,
    one more within a quarter, two more for a continuing statement.
    """
    balances = _balances(year, authorization, which)
    ids = [one.id for one in balances]
    carried = authorization is Authorization.CONTINUING
    opening = _openings(ids, year) if carried else {}
    sums = _sums(ids, year, as_of, carried)
    rows = []
    for one in balances:
        of_year = sums.get(one.id, NOTHING)
        columns = continuing(opening.get(one.id, NOTHING), of_year) if carried else current(of_year)
        rows.append(
            StatusRow(one.id, one.line_id, one.appropriation_class, one.fund_cluster, columns)
        )
    return rows


def _balances(
    year: int, authorization: Authorization, which: Iterable[ColumnElement[bool]]
) -> list[FundBalance | Row]:
    query = (
        select(
            FundBalance.id,
            FundBalance.line_id,
            FundBalance.appropriation_class,
            FundBalance.fund_cluster,
        )
        .join(FundBalance.line)
        .join(BudgetLine.act)
        .where(*which)
        .order_by(FundBalance.line_id, FundBalance.id)
    )
    if authorization is not Authorization.CONTINUING:
        of_year = AppropriationsAct.fiscal_year == year
        kind = KINDS[authorization]
        return list(db.session.execute(query.where(of_year, AppropriationsAct.kind == kind)))
    found = db.session.execute(query.where(AppropriationsAct.fiscal_year < year)).all()
    lasting = last_days([one.id for one in found])
    return [one for one in found if (last := lasting[one.id]) is None or last.year >= year]


def _openings(balance_ids: list[int], year: int) -> dict[int, Sums]:
    """All that was posted before the year, by balance."""
    columns = [func.sum(getattr(FundTotal, name)) for name in SUMS]
    query = select(FundTotal.balance_id, *columns).group_by(FundTotal.balance_id)
    query = query.where(FundTotal.balance_id.in_(balance_ids), FundTotal.year < year)
    return {
        balance_id: Sums(**dict(zip(SUMS, amounts, strict=True)))
        for balance_id, *amounts in db.session.execute(query)
    }


def _sums(balance_ids: list[int], year: int, as_of: date, carried: bool) -> dict[int, YearSums]:
    """By balance, up to the day. Unless it is `carried` over, what an act has before its year
    counts in the first quarter.
    """
    until = Quarter.of(as_of)
    whole = as_of == until.last_day or as_of >= today()  # nothing is posted on a later day
    place = FundTotal.year * 4 + FundTotal.quarter
    of_these = [FundTotal.balance_id.in_(balance_ids)]
    of_these.append(place < until.year * 4 + until.number + int(whole))
    if carried:
        of_these.append(FundTotal.year == year)
    quarter = case((FundTotal.year < year, 1), else_=FundTotal.quarter)
    columns = [_summed(name, quarter) for name in YEAR_SUMS]
    query = select(FundTotal.balance_id, *columns).where(*of_these).group_by(FundTotal.balance_id)
    found = {
        balance_id: YearSums(**dict(zip(YEAR_SUMS, amounts, strict=True)))
        for balance_id, *amounts in db.session.execute(query)
    }
    if not whole:
        for balance_id, part in _unfinished(balance_ids, until.first_day, as_of):
            found[balance_id] = found.get(balance_id, NOTHING) + part
    return found


def _summed(name: str, quarter: ColumnElement[int]) -> ColumnElement[Any]:
    """A column of YearSums over the quarters of a balance."""
    column, _, number = name.rpartition("_q")
    if not column:
        return func.sum(getattr(FundTotal, name))
    of_quarter = getattr(FundTotal, column)
    return func.sum(case((quarter == int(number), of_quarter), else_=0))


def _unfinished(balance_ids: list[int], since: date, until: date) -> Iterable[tuple[int, YearSums]]:
    """What the entries of these days add up to, by balance."""
    is_earlier = func.coalesce(extract("year", Obligation.first_posted_on), since.year) < since.year
    column = case({kind: effect.total for kind, effect in EFFECTS.items()}, value=FundEntry.kind)
    of_obligation = FundEntry.kind.in_(OF_AN_OBLIGATION)
    column = case((of_obligation & is_earlier, literal("earlier_") + column), else_=column)
    query = (
        select(FundEntry.balance_id, column, func.sum(FundEntry.amount))
        .outerjoin(FundEntry.obligation)
        .where(
            FundEntry.balance_id.in_(balance_ids),
            FundEntry.posting_date.between(since, until),
            FundEntry.kind.in_([kind for kind, effect in EFFECTS.items() if effect.total]),
        )
        .group_by(FundEntry.balance_id, column)
    )
    found: defaultdict[int, dict[str, Any]] = defaultdict(dict)
    number = Quarter.of(since).number
    for balance_id, name, amount in db.session.execute(query):
        found[balance_id][name] = amount
        if name in ("obligations", "disbursements"):
            found[balance_id][f"{name}_q{number}"] = amount
    return ((balance_id, YearSums(**amounts)) for balance_id, amounts in found.items())
