"""Budget lines with what stands on them, by class and fund cluster."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from obcms.kernel.extensions import db
from obcms.ledger.models import BudgetLine, FundBalance
from obcms.ledger.rules.choices import FundCluster
from obcms.ledger.rules.figures import FIGURES, Figures
from obcms.ppas.rules.choices import AppropriationClass

COLUMNS = tuple(getattr(FundBalance, one.name) for one in FIGURES)
SUMS = tuple(func.sum(column) for column in COLUMNS)


@dataclass(frozen=True, slots=True)
class BalanceFigures:
    """What stands on one balance of a line."""

    balance_id: int
    appropriation_class: AppropriationClass
    fund_cluster: FundCluster
    figures: Figures


def as_figures(amounts: Iterable[object]) -> Figures:
    """From a row's five amounts; none counts as zero."""
    named = zip(FIGURES, amounts, strict=True)
    return Figures(**{one.name: amount for one, amount in named if amount is not None})


def balances_of(line_ids: Iterable[int]) -> dict[int, list[BalanceFigures]]:
    """The balances of each line, in the order of classes and clusters; one query."""
    query = select(
        FundBalance.line_id,
        FundBalance.id,
        FundBalance.appropriation_class,
        FundBalance.fund_cluster,
        *COLUMNS,
    ).where(FundBalance.line_id.in_(list(line_ids)))
    found: defaultdict[int, list[BalanceFigures]] = defaultdict(list)
    for line_id, balance_id, of_class, cluster, *amounts in db.session.execute(query):
        found[line_id].append(BalanceFigures(balance_id, of_class, cluster, as_figures(amounts)))
    for rows in found.values():
        rows.sort(key=_order)
    return found


def _order(row: BalanceFigures) -> tuple[str, int]:
    return row.fund_cluster.value, list(AppropriationClass).index(row.appropriation_class)


def sum_by_class(lines: Select) -> dict[AppropriationClass, Figures]:
    """What stands on the lines whose numbers the query gives; one query."""
    query = select(FundBalance.appropriation_class, *SUMS).where(FundBalance.line_id.in_(lines))
    found = db.session.execute(query.group_by(FundBalance.appropriation_class))
    sums = {of_class: as_figures(amounts) for of_class, *amounts in found}
    return {one: sums[one] for one in AppropriationClass if one in sums}


def lines_of_ppa(ppa_id: int) -> list[BudgetLine]:
    """The lines that fund a PPA, with their acts and offices; one query."""
    query = select(BudgetLine).where(BudgetLine.ppa_id == ppa_id).order_by(BudgetLine.id)
    query = query.options(joinedload(BudgetLine.act), joinedload(BudgetLine.organization))
    return list(db.session.scalars(query))
