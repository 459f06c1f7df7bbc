"""The plain rows of entries, as the recomputation takes them."""

from sqlalchemy import ColumnElement, select

from obcms.kernel.extensions import db
from obcms.ledger.models import FundBalance, FundEntry
from tests.ledger.recomputed import Ledger, Row


def plain_rows(*which: ColumnElement[bool]) -> Ledger:
    """In their order; the conditions are on the tables of entries and balances."""
    table, balance = FundEntry.__table__, FundBalance.__table__
    query = select(*table.c).join(balance).where(*which).order_by(table.c.id)
    return Ledger(
        [
            Row(
                id=one.id,
                balance=one.balance_id,
                kind=one.kind.value,
                day=one.posting_date,
                amount=one.amount,
                obligation=one.obligation_id,
                disbursement=one.disbursement_id
                or (one.id if one.kind.value == "disbursement" else None),
                voids=one.voids_id,
                movement=one.movement_id,
                along=one.posted_with_id,
                overridden=bool(one.override_reason),
            )
            for one in db.session.execute(query)
        ]
    )
