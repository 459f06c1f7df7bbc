"""Taking back what a table appropriated, as one, while nothing was posted on its lines since."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import aliased, joinedload

from obcms.kernel.audit.conflicts import TOLD
from obcms.kernel.errors import Conflict
from obcms.kernel.extensions import db
from obcms.kernel.formats import day, peso
from obcms.kernel.permissions import Actor, Permission, require
from obcms.ledger.fields import VOID_REASON
from obcms.ledger.hold import hold_period
from obcms.ledger.models import BudgetLine, FundBalance, FundEntry
from obcms.ledger.refusals import coded
from obcms.ledger.rules.choices import Refusal
from obcms.ledger.void import void_together


def void_appropriations(
    actor: Actor, line_ids: Collection[int], entry_ids: Collection[int], reason: str
) -> None:
    """Voids these entries of these lines, which stay without money.

    Raises Conflict where anything else stands on the lines, or one of the entries is voided,
    naming that.
    """
    require(actor, Permission.FUND_RELEASE)
    with coded(Refusal.INPUT):
        reason = VOID_REASON.clean(reason)
    hold_period(alone=True)  # nobody posts on the lines from here on
    standing = _standing(line_ids)
    others = [one for one in standing if one.id not in entry_ids]
    if others:
        raise Conflict(f"Nothing was undone, because the lines were used since. {_told(others)}.")
    if len(standing) < len(entry_ids):
        raise Conflict("Nothing was undone, because some of its entries are voided already.")
    void_together(actor, standing, reason)


def _standing(line_ids: Collection[int]) -> list[FundEntry]:
    """The entries on the lines that are neither voided nor voids, in order."""
    void = aliased(FundEntry)
    line = joinedload(FundEntry.balance).joinedload(FundBalance.line)
    query = (
        select(FundEntry)
        .join(FundEntry.balance)
        .outerjoin(void, void.voids_id == FundEntry.id)
        .where(FundBalance.line_id.in_(line_ids), FundEntry.voids_id.is_(None), void.id.is_(None))
        .options(
            line.joinedload(BudgetLine.act),
            joinedload(FundEntry.obligation),
            joinedload(FundEntry.movement),
        )
        .order_by(FundEntry.id)
    )
    return list(db.session.scalars(query))


def _told(entries: list[FundEntry]) -> str:
    told = [
        f"{one.kind.label} {one.reference} of {peso(one.amount)} on {day(one.posting_date)}, "
        f"{one.balance.line.title}"
        for one in entries[:TOLD]
    ]
    more = [f"and {len(entries) - TOLD} more"] if len(entries) > TOLD else []
    return "; ".join([*told, *more])
