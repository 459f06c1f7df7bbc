"""Entries, obligations and documents as they are shown, with what is read of them."""

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from obcms.kernel.permissions import Actor, visible
from obcms.ledger.models import BudgetLine, FundBalance, FundEntry, FundMovement, Obligation


def shown_entries(actor: Actor, *which: ColumnElement[bool]) -> Select[tuple[FundEntry]]:
    """Entries on the actor's lines, each with its balance and what voids it."""
    return (
        select(FundEntry)
        .join(FundEntry.balance)
        .join(FundBalance.line)
        .options(contains_eager(FundEntry.balance), joinedload(FundEntry.void))
        .where(visible(actor, BudgetLine.organization_id), *which)
    )


def shown_obligations(actor: Actor, *which: ColumnElement[bool]) -> Select[tuple[Obligation]]:
    """Obligations on the actor's lines, each with its balance."""
    return (
        select(Obligation)
        .join(Obligation.balance)
        .join(FundBalance.line)
        .options(contains_eager(Obligation.balance))
        .where(visible(actor, BudgetLine.organization_id), *which)
    )


def shown_movements(actor: Actor, *which: ColumnElement[bool]) -> Select[tuple[FundMovement]]:
    """Documents with an entry on the actor's lines; only these entries are read with them."""
    own = FundEntry.balance.has(
        FundBalance.line.has(visible(actor, BudgetLine.organization_id))
    ) & FundEntry.voids_id.is_(None)
    entries = selectinload(FundMovement.entries.and_(own))
    return (
        select(FundMovement)
        .options(
            entries.joinedload(FundEntry.balance),
            entries.joinedload(FundEntry.void),
        )
        .where(FundMovement.entries.any(own), *which)
    )
