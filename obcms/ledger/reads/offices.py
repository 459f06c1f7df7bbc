"""Fund status by office, when each last posted, and what came late (issue 17)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager, joinedload

from obcms.kernel.extensions import db
from obcms.kernel.permissions import Actor, visible
from obcms.ledger.models import BudgetLine, FundBalance, FundEntry
from obcms.ledger.reads.statement import Authorization, fund_status
from obcms.ledger.rules.choices import EntryKind, FundCluster
from obcms.ledger.rules.columns import Columns
from obcms.ledger.rules.quarters import Quarter
from obcms.organizations.models import Organization
from obcms.ppas.rules.choices import AppropriationClass

LATE_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Asked:
    """Which statement; without an office that of all that the user sees."""

    year: int
    as_of: date
    authorization: Authorization
    fund_cluster: FundCluster
    office_id: int | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """An office, or a line of one, with its columns by class; pesos."""

    key: int | None
    label: str
    name: str
    by_class: dict[AppropriationClass, Columns]

    @property
    def total(self) -> Columns:
        """Of all classes."""
        return sum(self.by_class.values(), Columns())


def status_groups(actor: Actor, asked: Asked) -> list[Group]:
    """By office, or by line where an office is asked for; one query besides the statement's."""
    which = [
        FundBalance.fund_cluster == asked.fund_cluster,
        visible(actor, BudgetLine.organization_id),
    ]
    if asked.office_id is not None:
        which.append(BudgetLine.organization_id == asked.office_id)
    rows = fund_status(asked.year, asked.as_of, asked.authorization, *which)
    query = select(BudgetLine).where(BudgetLine.id.in_({row.line_id for row in rows}))
    query = query.options(joinedload(BudgetLine.organization))
    lines = {line.id: line for line in db.session.scalars(query)}
    sums: defaultdict[int | None, dict[AppropriationClass, Columns]] = defaultdict(dict)
    labels: dict[int | None, tuple[str, str]] = {}
    in_order = list(AppropriationClass)
    for row in sorted(rows, key=lambda row: in_order.index(row.appropriation_class)):
        line = lines[row.line_id]
        by_line = asked.office_id is not None
        key = line.id if by_line else line.organization_id
        labels[key] = (line.title, line.cost_structure.name) if by_line else _office(line)
        of_class = row.appropriation_class
        sums[key][of_class] = sums[key].get(of_class, Columns()) + row.columns
    groups = [Group(key, *labels[key], by_class) for key, by_class in sums.items()]
    return sorted(groups, key=lambda group: (group.key is None, group.label))


def _office(line: BudgetLine) -> tuple[str, str]:
    office = line.organization
    return (office.acronym, office.name) if office else ("None", "With no office yet")


@dataclass(frozen=True, slots=True)
class Posted:
    """When an office last posted a spending entry, by class: posting dates."""

    label: str
    name: str
    by_class: dict[AppropriationClass, date]


def last_posted(actor: Actor, year: int) -> list[Posted]:
    """Of every office with lines that the actor sees, in a year; one query.

    The act's own entries do not count, which nobody at the office posted.
    """
    spent = FundEntry.kind.not_in(
        [EntryKind.APPROPRIATION, EntryKind.ALLOTMENT]
    ) & FundEntry.posting_date.between(date(year, 1, 1), date(year, 12, 31))
    query = (
        select(
            Organization.acronym,
            Organization.name,
            FundBalance.appropriation_class,
            func.max(FundEntry.posting_date).filter(spent),
        )
        .select_from(BudgetLine)
        .join(Organization, Organization.id == BudgetLine.organization_id)
        .join(FundBalance, FundBalance.line_id == BudgetLine.id)
        .outerjoin(FundEntry, FundEntry.balance_id == FundBalance.id)
        .where(visible(actor, BudgetLine.organization_id))
        .group_by(Organization.acronym, Organization.name, FundBalance.appropriation_class)
        .order_by(Organization.acronym)
    )
    found: dict[str, Posted] = {}
    for acronym, name, of_class, last in db.session.execute(query):
        posted = found.setdefault(acronym, Posted(acronym, name, {}))
        posted.by_class[of_class] = last
    return list(found.values())


def late_documents(actor: Actor, quarter: Quarter) -> Sequence[FundEntry]:
    """Entries of the quarter whose document is dated in an earlier one, at most LATE_SHOWN.

    The newest first; one query.
    """
    query = (
        select(FundEntry)
        .join(FundEntry.balance)
        .join(FundBalance.line)
        .outerjoin(BudgetLine.organization)
        .options(
            contains_eager(FundEntry.balance)
            .contains_eager(FundBalance.line)
            .contains_eager(BudgetLine.organization)
        )
        .where(
            FundEntry.posting_date.between(quarter.first_day, quarter.last_day),
            FundEntry.document_date < quarter.first_day,
            visible(actor, BudgetLine.organization_id),
        )
        .order_by(FundEntry.posting_date.desc(), FundEntry.id.desc())
    )
    return list(db.session.scalars(query.limit(LATE_SHOWN)))
