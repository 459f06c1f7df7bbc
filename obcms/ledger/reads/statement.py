"""Fund status: the SAAODB's columns of each line and class, as of a day (SPEC 6, API).

Whole quarters come from their totals, so the cost grows with lines; only the days of an unfinished
quarter are added up from entries.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

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
from obcms.ledger.rules.choices import ActKind, FundCluster
from obcms.ledger.rules.columns import SUMS, Columns, Sums, continuing, current, sum_of
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
    sums = _sums([one.id for one in balances], as_of)
    rows = []
    for one in balances:
        quarters = sums.get(one.id, {})
        if authorization is not Authorization.CONTINUING:
            columns = current(_in_year(quarters, year))
        else:
            before = sum_of(part for quarter, part in quarters.items() if quarter.year < year)
            columns = continuing(before, _in_year(quarters, year, only=True))
        rows.append(
            StatusRow(one.id, one.line_id, one.appropriation_class, one.fund_cluster, columns)
        )
    return rows


def _in_year(quarters: Mapping[Quarter, Sums], year: int, only: bool = False) -> dict[int, Sums]:
    """By number. What an act's own year has before its first day counts in the first quarter."""
    found: defaultdict[int, Sums] = defaultdict(Sums)
    for quarter, part in quarters.items():
        if quarter.year == year:
            found[quarter.number] += part
        elif quarter.year < year and not only:
            found[1] += part
    return found


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


def _sums(balance_ids: list[int], as_of: date) -> dict[int, dict[Quarter, Sums]]:
    """By balance and quarter, up to the day."""
    found: defaultdict[int, dict[Quarter, Sums]] = defaultdict(dict)
    until = Quarter.of(as_of)
    whole = as_of == until.last_day
    columns = [getattr(FundTotal, one.name) for one in SUMS]
    is_whole = FundTotal.year * 4 + FundTotal.quarter < until.year * 4 + until.number + int(whole)
    query = select(FundTotal.balance_id, FundTotal.year, FundTotal.quarter, *columns)
    for balance_id, year, number, *amounts in db.session.execute(
        query.where(FundTotal.balance_id.in_(balance_ids), is_whole)
    ):
        names = (one.name for one in SUMS)
        found[balance_id][Quarter(year, number)] = Sums(**dict(zip(names, amounts, strict=True)))
    if not whole:
        for balance_id, part in _unfinished(balance_ids, until.first_day, as_of):
            found[balance_id][until] = part
    return found


def _unfinished(balance_ids: list[int], since: date, until: date) -> Iterable[tuple[int, Sums]]:
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
    found: defaultdict[int, dict[str, object]] = defaultdict(dict)
    for balance_id, name, amount in db.session.execute(query):
        found[balance_id][name] = amount
    return ((balance_id, Sums(**amounts)) for balance_id, amounts in found.items())
