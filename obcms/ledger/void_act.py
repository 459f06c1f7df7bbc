"""Taking back what a table appropriated, as one, while nothing was posted on its lines since."""

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import aliased, joinedload

from obcms.kernel.audit.conflicts import TOLD
from obcms.kernel.errors import Conflict
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Actor, Permission, require
from obcms.ledger.hold import hold_period
from obcms.ledger.models import FundBalance, FundEntry
from obcms.ledger.reads.since import named
from obcms.ledger.slack import in_parts
from obcms.ledger.void_batch import void_batch


def void_appropriations(
    actor: Actor, line_ids: Sequence[int], entry_ids: Sequence[int], reason: str
) -> None:
    """Voids these entries of these lines, which stay without money.

    Raises Conflict where anything else stands on the lines, or one of the entries is voided,
    naming that.
    """
    require(actor, Permission.FUND_RELEASE)
    hold_period(alone=True)  # nobody posts on the lines from here on
    if others := _others(line_ids, set(entry_ids)):
        told = "; ".join(f"{named(one)}, on “{one.balance.line.title}”" for one in others[:TOLD])
        more = f"; and {len(others) - TOLD} more" if len(others) > TOLD else ""
        raise Conflict(f"Nothing was undone, because the lines were used since: {told}{more}.")
    void_batch(actor, entry_ids, reason)


def _others(line_ids: Sequence[int], entry_ids: Collection[int]) -> list[FundEntry]:
    """The entries on the lines that are neither voided nor voids, beside these."""
    void = aliased(FundEntry)
    query = (
        select(FundEntry)
        .join(FundEntry.balance)
        .outerjoin(void, void.voids_id == FundEntry.id)
        .where(FundEntry.voids_id.is_(None), void.id.is_(None))
        .options(joinedload(FundEntry.balance).joinedload(FundBalance.line))
        .order_by(FundEntry.id)
    )
    return [
        one
        for some in in_parts(line_ids)
        for one in db.session.scalars(query.where(FundBalance.line_id.in_(some)))
        if one.id not in entry_ids
    ]
