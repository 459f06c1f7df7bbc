"""Figures over all PPAs an actor may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import case, func, select
from sqlalchemy.orm import joinedload

from obcms.kernel.extensions import db
from obcms.kernel.permissions import Actor, visible
from obcms.organizations.models import Organization
from obcms.ppas.models import PPA
from obcms.work.models import WorkItem
from obcms.work.rules.budget import utilization


@dataclass(frozen=True, slots=True)
class MoaLine:
    """One ministry's PPAs; amounts in pesos."""

    moa_id: int
    acronym: str
    name: str
    ppas: int
    tracked: int
    allocation: Decimal


class PPAWarning(NamedTuple):
    """A PPA that needs attention; `is_over` where any of its items holds more than it has."""

    ppa: PPA
    is_over: bool


@dataclass(frozen=True, slots=True)
class Portfolio:
    """Counts, amounts in pesos, and the PPAs that need somebody's attention.

    `spent_untracked` is the part of `spent` on PPAs that are no longer tracked.
    """

    ppas: int
    tracked: int
    allocation: Decimal
    spent: Decimal
    spent_untracked: Decimal
    by_moa: Sequence[MoaLine]
    warnings: Sequence[PPAWarning]

    @property
    def utilization(self) -> Decimal | None:
        """Percent of the allocation that is spent; None where there is none."""
        return utilization(self.allocation, self.spent)


def portfolio(actor: Actor) -> Portfolio:
    """The figures in three queries, whatever the number of PPAs."""
    mine = visible(actor, PPA.implementing_moa_id)
    by_moa = _by_moa(actor)
    total = func.sum(WorkItem.spent_total)
    untracked = total.filter(~PPA.enable_workitem_tracking)
    spending = select(total, untracked).join(PPA, PPA.execution_project_id == WorkItem.id)
    spent, spent_untracked = db.session.execute(spending.where(mine)).one()
    return Portfolio(
        sum(line.ppas for line in by_moa),
        sum(line.tracked for line in by_moa),
        sum((line.allocation for line in by_moa), Decimal(0)),
        spent or Decimal(0),
        spent_untracked or Decimal(0),
        by_moa,
        _warnings(actor),
    )


def _warnings(actor: Actor) -> list[PPAWarning]:
    over = select(WorkItem.ppa_id).where(WorkItem.distributed > WorkItem.allocated_budget)
    over_below = PPA.enable_workitem_tracking & PPA.id.in_(over)
    query = (
        select(PPA, over_below)
        .where(visible(actor, PPA.implementing_moa_id))
        .where(PPA.delivery_flag.is_not(None) | (PPA.over_distributed > 0) | over_below)
        .order_by(PPA.code)
        .options(joinedload(PPA.implementing_moa))
        .limit(20)
    )
    return [PPAWarning(ppa, over) for ppa, over in db.session.execute(query)]


def _by_moa(actor: Actor) -> list[MoaLine]:
    tracked = func.sum(case((PPA.enable_workitem_tracking, 1), else_=0))
    query = (
        select(
            PPA.implementing_moa_id,
            Organization.acronym,
            Organization.name,
            func.count(PPA.id),
            tracked,
            func.sum(PPA.budget_allocation),
        )
        .outerjoin(Organization, Organization.id == PPA.implementing_moa_id)
        .where(visible(actor, PPA.implementing_moa_id))
        .group_by(PPA.implementing_moa_id, Organization.acronym, Organization.name)
        .order_by(Organization.acronym)
    )
    return [
        MoaLine(moa_id, acronym or "—", name or "No MOA", ppas, tracked, allocation or Decimal(0))
        for moa_id, acronym, name, ppas, tracked, allocation in db.session.execute(query)
    ]
