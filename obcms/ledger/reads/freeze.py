"""What closing a quarter would freeze, and what that leaves out (SPEC 6, "Periods")."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from obcms.kernel.extensions import db
from obcms.ledger.models import BudgetLine, FundBalance, FundEntry, QuarterClosing
from obcms.ledger.reads.lines import as_figures
from obcms.ledger.reads.registry import changes
from obcms.ledger.rules.figures import Figures
from obcms.ledger.rules.quarters import Quarter
from obcms.organizations.models import Organization


@dataclass(frozen=True, slots=True)
class OfficeInQuarter:
    """What an office posted in the quarter; `last_posted` is its last posting date of all."""

    acronym: str
    name: str
    entries: int
    change: Figures
    last_posted: date | None


@dataclass(frozen=True, slots=True)
class Freeze:
    """`late` counts documents of the quarter, or of one before, that were posted after it."""

    quarter: Quarter
    offices: Sequence[OfficeInQuarter]
    late: int

    @property
    def entries(self) -> int:
        """Of all offices."""
        return sum(one.entries for one in self.offices)

    @property
    def change(self) -> Figures:
        """By what the quarter's entries change each figure."""
        return sum((one.change for one in self.offices), Figures())


def what_closing_freezes(quarter: Quarter) -> Freeze:
    """Every office that has lines, with or without entries in the quarter; two queries."""
    within = FundEntry.posting_date.between(quarter.first_day, quarter.last_day)
    sums = [func.sum(change).filter(within) for change in changes().values()]
    query = (
        select(
            Organization.acronym,
            Organization.name,
            func.count(FundEntry.id).filter(within),
            func.max(FundEntry.posting_date),
            *sums,
        )
        .select_from(BudgetLine)
        .outerjoin(Organization, Organization.id == BudgetLine.organization_id)
        .outerjoin(FundBalance, FundBalance.line_id == BudgetLine.id)
        .outerjoin(FundEntry, FundEntry.balance_id == FundBalance.id)
        .group_by(Organization.acronym, Organization.name)
        .order_by(Organization.acronym)
    )
    offices = [
        OfficeInQuarter(
            acronym or "None", name or "With no office yet", count, as_figures(amounts), last
        )
        for acronym, name, count, last, *amounts in db.session.execute(query)
    ]
    late = select(func.count(FundEntry.id)).where(
        FundEntry.document_date <= quarter.last_day, FundEntry.posting_date > quarter.last_day
    )
    return Freeze(quarter, offices, db.session.scalar(late) or 0)


def closings() -> list[QuarterClosing]:
    """Closings and reopenings, the newest first, with who did them; one query."""
    query = select(QuarterClosing).options(joinedload(QuarterClosing.done_by))
    return list(db.session.scalars(query.order_by(QuarterClosing.id.desc()).limit(50)))
