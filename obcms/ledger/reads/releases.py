"""The release register of a special purpose fund: by document and recipient (SPEC 6)."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload

from obcms.kernel.extensions import db
from obcms.kernel.permissions import Actor, visible
from obcms.ledger.models import BudgetLine, FundBalance, FundEntry
from obcms.ledger.rules.choices import EntryKind


def releases_of(actor: Actor, fund: BudgetLine) -> Sequence[FundEntry]:
    """What other lines received from the fund's line and was not taken back; one query."""
    from_fund = (
        select(FundEntry.movement_id)
        .join(FundEntry.balance)
        .where(
            FundBalance.line_id == fund.id,
            FundEntry.kind == EntryKind.TRANSFER_TO,
            FundEntry.movement_id.is_not(None),
        )
    )
    voided = select(FundEntry.voids_id).where(FundEntry.voids_id.is_not(None))
    query = (
        select(FundEntry)
        .join(FundEntry.balance)
        .join(FundBalance.line)
        .options(
            contains_eager(FundEntry.balance)
            .contains_eager(FundBalance.line)
            .joinedload(BudgetLine.organization),
            joinedload(FundEntry.posted_by),
        )
        .where(
            FundEntry.movement_id.in_(from_fund),
            FundEntry.kind == EntryKind.TRANSFER_FROM,
            FundEntry.voids_id.is_(None),
            FundEntry.id.not_in(voided),
            visible(actor, BudgetLine.organization_id),
        )
        .order_by(FundEntry.posting_date, FundEntry.id)
    )
    return list(db.session.scalars(query))
