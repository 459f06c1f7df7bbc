"""Holding what a posting reads, before it is read (SPEC 6).

The order is the same for everybody, so that nobody waits in a circle: PPAs, the period, for a cash
advance the office, balances by their numbers. A balance holds its obligations as well.
"""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import Table, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import contains_eager

from obcms.kernel.db.connections import take_turn
from obcms.kernel.extensions import db
from obcms.ledger.models import BudgetLine, FundBalance, LedgerPeriod
from obcms.ledger.rules.choices import FundCluster
from obcms.organizations.models import Organization
from obcms.ppas.rules.choices import AppropriationClass

BalanceKey = tuple[int, AppropriationClass, FundCluster]  # a line's id, class and cluster
_PERIOD = 1


def hold_period(alone: bool = False) -> LedgerPeriod:
    """Keeps quarters as they are until the transaction ends; `alone` for who closes them."""
    take_turn(db.session.connection())
    query = select(LedgerPeriod).execution_options(populate_existing=True)
    query = query.with_for_update(read=not alone)
    found = db.session.scalar(query)
    if found is None:
        _insert_missing(LedgerPeriod.__table__, [{"id": _PERIOD}])
        found = db.session.scalars(query).one()
    return found


def hold_office(organization_id: int | None) -> None:
    """Lets nobody else pay a cash advance there until the transaction ends; before balances."""
    query = select(Organization.id).where(Organization.id == organization_id)
    db.session.execute(query.with_for_update(key_share=True))


def closed_through() -> date | None:
    """The last day of the last closed quarter, without holding it."""
    return db.session.scalar(select(LedgerPeriod.closed_through))


def hold_balances(keys: Iterable[BalanceKey]) -> dict[BalanceKey, FundBalance]:
    """The balances with their lines and acts, made where missing, held by this transaction."""
    wanted = sorted(set(keys))
    rows = [dict(zip(_KEY, key, strict=True)) for key in wanted]
    by_key = tuple_(*(getattr(FundBalance, name) for name in _KEY))
    query = select(FundBalance.id).where(by_key.in_(wanted))
    if len(db.session.execute(query).all()) < len(wanted):
        _insert_missing(FundBalance.__table__, rows)
    locking = (
        select(FundBalance.id).where(by_key.in_(wanted)).order_by(FundBalance.id).with_for_update()
    )
    db.session.execute(locking)
    held = db.session.scalars(
        select(FundBalance)
        .join(FundBalance.line)
        .join(BudgetLine.act)
        .options(contains_eager(FundBalance.line).contains_eager(BudgetLine.act))
        .where(by_key.in_(wanted))
        .execution_options(populate_existing=True)
    )
    return {(one.line_id, one.appropriation_class, one.fund_cluster): one for one in held}


_KEY = ("line_id", "appropriation_class", "fund_cluster")


def _insert_missing(table: Table, rows: list[dict[str, object]]) -> None:
    dialect = postgresql if db.session.get_bind().dialect.name == "postgresql" else sqlite
    db.session.execute(dialect.insert(table).values(rows).on_conflict_do_nothing())
