"""Fund status by office, or by line of one (SPEC 6)."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import aliased, contains_eager, joinedload

from obcms.kernel.extensions import db
from obcms.kernel.permissions import Actor, visible
from obcms.ledger.models import BudgetLine, FundBalance, FundEntry
from obcms.ledger.reads.statement import Authorization, fund_status, of_acts
from obcms.ledger.rules.choices import FundCluster
from obcms.ledger.rules.columns import Columns
from obcms.ppas.rules.choices import AppropriationClass

NOTES_SHOWN = 100


@dataclass(frozen=True, slots=True)
class StatusFilter:
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


def status_groups(actor: Actor, asked: StatusFilter) -> list[Group]:
    """By office, or by line where an office is asked for; one query besides the statement's."""
    which = _lines_asked_for(actor, asked)
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


def _lines_asked_for(actor: Actor, asked: StatusFilter) -> list[ColumnElement[bool]]:
    which = [
        FundBalance.fund_cluster == asked.fund_cluster,
        visible(actor, BudgetLine.organization_id),
    ]
    if asked.office_id is not None:
        which.append(BudgetLine.organization_id == asked.office_id)
    return which


def overrides(actor: Actor, asked: StatusFilter) -> list[FundEntry]:
    """What a statement's lines have that was recorded beyond a limit and stands, at most
    NOTES_SHOWN; with line and office, by day; one query.
    """
    void = aliased(FundEntry)
    query = (
        select(FundEntry)
        .join(FundEntry.balance)
        .join(FundBalance.line)
        .join(BudgetLine.act)
        .outerjoin(BudgetLine.organization)
        .outerjoin(void, void.voids_id == FundEntry.id)
        .options(
            contains_eager(FundEntry.balance)
            .contains_eager(FundBalance.line)
            .contains_eager(BudgetLine.organization)
        )
        .where(
            FundEntry.override_reason != "",
            FundEntry.posting_date <= asked.as_of,
            void.id.is_(None),
            *of_acts(asked.year, asked.authorization),
            *_lines_asked_for(actor, asked),
        )
        .order_by(FundEntry.posting_date, FundEntry.id)
    )
    return list(db.session.scalars(query.limit(NOTES_SHOWN)))


def _office(line: BudgetLine) -> tuple[str, str]:
    office = line.organization
    return (office.acronym, office.name) if office else ("None", "With no office yet")
