"""What was posted after a moment, in sentences for who looked at the ledger before (SPEC 13)."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select, tuple_
from sqlalchemy.orm import joinedload

from obcms.kernel.audit.conflicts import TOLD
from obcms.kernel.extensions import db
from obcms.kernel.formats import day, moment, peso
from obcms.ledger.models import FundBalance, FundEntry
from obcms.ledger.rules.choices import FundCluster
from obcms.ppas.rules.choices import AppropriationClass

_KEY = (FundBalance.line_id, FundBalance.appropriation_class, FundBalance.fund_cluster)


def posted_since(
    keys: Collection[tuple[int, AppropriationClass, FundCluster]], since: datetime
) -> list[str]:
    """The latest entries on the balances with these keys that were posted after the moment."""
    query = (
        select(FundEntry)
        .join(FundEntry.balance)
        .where(tuple_(*_KEY).in_(keys), FundEntry.posted_at > since)
        .options(joinedload(FundEntry.posted_by))
        .order_by(FundEntry.id.desc())
        .limit(TOLD)
    )
    return [
        f"{one.posted_by or 'The operator'} posted {named(one)} at {moment(one.posted_at)}"
        for one in db.session.scalars(query)
    ]


def named(entry: FundEntry) -> str:
    """Which entry it is: its kind, number, day and amount."""
    kind = f"the void of {entry.kind.label.lower()}" if entry.voids_id else entry.kind.label.lower()
    return f"{kind} {entry.reference} of {day(entry.posting_date)}, {peso(entry.amount)}"
