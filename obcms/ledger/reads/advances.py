"""Cash advances that are not liquidated yet (SPEC 6, "Taking back")."""

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import aliased

from obcms.kernel.extensions import db
from obcms.kernel.rules.folding import name_key
from obcms.ledger.models import BudgetLine, FundBalance, FundEntry
from obcms.ledger.rules.choices import EntryKind, PaymentMode


def outstanding() -> ColumnElement:
    """What of a disbursement is neither liquidated nor taken back; pesos, in SQL."""
    part = aliased(FundEntry)
    taken = func.sum(part.amount * case({EntryKind.LIQUIDATION: -1}, value=part.kind, else_=1))
    parts = select(taken).where(part.disbursement_id == FundEntry.id).scalar_subquery()
    return FundEntry.amount + func.coalesce(parts, 0)


def open_advance(payee: str, organization_id: int | None) -> FundEntry | None:
    """The first cash advance of the payee at an office that is still open."""
    query = (
        select(FundEntry)
        .join(FundEntry.balance)
        .join(FundBalance.line)
        .where(
            FundEntry.payee_key == name_key(payee),
            FundEntry.kind == EntryKind.DISBURSEMENT,
            FundEntry.mode == PaymentMode.CASH_ADVANCE,
            FundEntry.voids_id.is_(None),
            BudgetLine.organization_id == organization_id,
            outstanding() > 0,
        )
        .order_by(FundEntry.id)
    )
    return db.session.scalars(query).first()
