"""Fund status: the SAAODB's columns of each line and class, as of a day (SPEC 6, API).

Whole quarters come from their totals, so the cost grows with lines. As of a day inside a past
quarter the entries of that one quarter are added up besides, which nothing keeps by day: there the
cost grows with them too.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, extract, func, or_, select, true

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
    ZERO,
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
REMEMBERED = 64  # questions; people ask again and again for a few days


@dataclass(frozen=True, slots=True)
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
    has the lines and classes whose last day to obligate is in the year or after it. One query, one
    more inside a past quarter and one for a continuing statement.
    """
    carried = authorization is Authorization.CONTINUING
    which = (*which, *of_acts(year, authorization))
    until = Quarter.of(as_of)
    is_whole = as_of == until.last_day or as_of >= today()  # nothing is posted on a later day
    unfinished = {} if is_whole else _unfinished(_ids(which), until.first_day, as_of)
    query = _summed(year, until if is_whole else until.before, carried).where(*which)
    found = db.session.execute(query).all()
    lasting = last_days(one.id for one in found) if carried else {}
    rows = []
    for balance_id, line_id, of_class, cluster, *amounts in found:
        last = lasting.get(balance_id)
        if last is not None and last.year < year:
            continue
        of_year = YearSums(*amounts[: len(YEAR_SUMS)])
        if balance_id in unfinished:
            of_year += YearSums(**unfinished[balance_id])
        if carried:
            columns = continuing(Sums(*amounts[len(YEAR_SUMS) :]), of_year)
        else:
            columns = current(of_year)
        rows.append(StatusRow(balance_id, line_id, of_class, cluster, columns))
    return rows


def of_acts(year: int, authorization: Authorization) -> Sequence[ColumnElement[bool]]:
    """Which acts a statement of the year is about: conditions on AppropriationsAct."""
    if authorization is Authorization.CONTINUING:
        return (AppropriationsAct.fiscal_year < year,)
    kind = KINDS[authorization]
    return AppropriationsAct.fiscal_year == year, AppropriationsAct.kind == kind


def _ids(which: Sequence[ColumnElement[bool]]) -> Select:
    return select(FundBalance.id).join(FundBalance.line).join(BudgetLine.act).where(*which)


@lru_cache(REMEMBERED)
def _summed(year: int, last: Quarter, carried: bool) -> Select:
    """Each balance with its sums up to the end of a quarter: YEAR_SUMS, and where it is `carried`
    over, SUMS of all that was posted before the year. Else that counts in the first quarter.

    Putting its many columns together takes noticeable time, so it is kept.
    """
    of_year = FundTotal.year == year if carried else true()
    sums = [_of_quarters(name, year, of_year) for name in YEAR_SUMS]
    if carried:
        before = FundTotal.year < year
        sums += [_sum(getattr(FundTotal, name), before) for name in SUMS]
    up_to = FundTotal.year * 4 + FundTotal.quarter <= last.year * 4 + last.number
    return (
        select(
            FundBalance.id,
            FundBalance.line_id,
            FundBalance.appropriation_class,
            FundBalance.fund_cluster,
            *sums,
        )
        .join(FundBalance.line)
        .join(BudgetLine.act)
        .outerjoin(FundTotal, and_(FundTotal.balance_id == FundBalance.id, up_to))
        .group_by(FundBalance.id)
        .order_by(FundBalance.line_id, FundBalance.id)
    )


def _of_quarters(name: str, year: int, of_year: ColumnElement[bool]) -> ColumnElement[Any]:
    """A column of YearSums over the quarters of a balance."""
    column, _, number = name.rpartition("_q")
    if not column:
        return _sum(getattr(FundTotal, name), of_year)
    counted = FundTotal.quarter == int(number)
    if number == "1":
        counted = or_(counted, FundTotal.year < year)
    else:
        counted = and_(counted, FundTotal.year == year)
    return _sum(getattr(FundTotal, column), and_(of_year, counted))


def _sum(column: ColumnElement[Decimal], when: ColumnElement[bool]) -> ColumnElement[Decimal]:
    return func.coalesce(func.sum(column).filter(when), ZERO)


def _unfinished(balances: Select, since: date, until: date) -> Mapping[int, dict[str, Decimal]]:
    """What the entries of these days add up to, by balance and name in YearSums."""
    is_earlier = func.coalesce(extract("year", Obligation.first_posted_on), since.year) < since.year
    query = (
        select(FundEntry.balance_id, FundEntry.kind, is_earlier, func.sum(FundEntry.amount))
        .outerjoin(FundEntry.obligation)
        .where(
            FundEntry.balance_id.in_(balances),
            FundEntry.posting_date.between(since, until),
            FundEntry.kind.in_([kind for kind, effect in EFFECTS.items() if effect.total]),
        )
        .group_by(FundEntry.balance_id, FundEntry.kind, is_earlier)
    )
    found: defaultdict[int, defaultdict[str, Decimal]]
    found = defaultdict(lambda: defaultdict(Decimal))
    number = Quarter.of(since).number
    for balance_id, kind, of_earlier_year, amount in db.session.execute(query):
        column = EFFECTS[kind].total
        name = f"earlier_{column}" if of_earlier_year and kind in OF_AN_OBLIGATION else column
        found[balance_id][name] += amount
        if name in ("obligations", "disbursements"):
            found[balance_id][f"{name}_q{number}"] += amount
    return found
