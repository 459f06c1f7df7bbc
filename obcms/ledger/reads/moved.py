"""Offices by class: what moved since a day, when each last posted, what came late (SPEC 6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager

from obcms.kernel.extensions import db
from obcms.kernel.permissions import Actor, visible
from obcms.ledger.models import BudgetLine, FundBalance, FundEntry
from obcms.ledger.reads.lines import as_figures
from obcms.ledger.reads.registry import changes
from obcms.ledger.rules.effects import SPENDING
from obcms.ledger.rules.figures import Figures
from obcms.organizations.models import Organization
from obcms.ppas.rules.choices import AppropriationClass

LATE_SHOWN = 100


@dataclass(frozen=True, slots=True)
class OfficeMoved:
    """Of an office and class: entries since a day, what they come to, and its last posting date.

    `last_posted` is of what an office spends, whenever that was; None where it never did.
    """

    acronym: str
    name: str
    appropriation_class: AppropriationClass
    entries: int
    change: Figures
    last_posted: date | None


def moved_by_office(actor: Actor, since: date) -> list[OfficeMoved]:
    """Every office and class with money that the actor sees, in order; one query."""
    later = FundEntry.posting_date >= since
    sums = [func.sum(change).filter(later) for change in changes().values()]
    query = (
        select(
            Organization.acronym,
            Organization.name,
            FundBalance.appropriation_class,
            func.count(FundEntry.id).filter(later),
            func.max(FundEntry.posting_date).filter(FundEntry.kind.in_(SPENDING)),
            *sums,
        )
        .select_from(BudgetLine)
        .join(FundBalance, FundBalance.line_id == BudgetLine.id)
        .outerjoin(Organization, Organization.id == BudgetLine.organization_id)
        .outerjoin(FundEntry, FundEntry.balance_id == FundBalance.id)
        .where(visible(actor, BudgetLine.organization_id))
        .group_by(Organization.acronym, Organization.name, FundBalance.appropriation_class)
    )
    found = [
        OfficeMoved(
            acronym or "None",
            name or "With no office yet",
            of_class,
            count,
            as_figures(amounts),
            last,
        )
        for acronym, name, of_class, count, last, *amounts in db.session.execute(query)
    ]
    in_order = list(AppropriationClass)
    return sorted(found, key=lambda one: (one.acronym, in_order.index(one.appropriation_class)))


def late_documents(actor: Actor, since: date) -> Sequence[FundEntry]:
    """Entries posted from the day on whose document is dated before it, at most LATE_SHOWN.

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
            FundEntry.posting_date >= since,
            FundEntry.document_date < since,
            visible(actor, BudgetLine.organization_id),
        )
        .order_by(FundEntry.posting_date.desc(), FundEntry.id.desc())
    )
    return list(db.session.scalars(query.limit(LATE_SHOWN)))
