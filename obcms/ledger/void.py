"""Taking back what was posted: an entry of its own for each, in the opposite sign (SPEC 6)."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from obcms.kernel.errors import Conflict
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Actor, Permission, require
from obcms.ledger.access import require_all
from obcms.ledger.book import book
from obcms.ledger.draft import Draft
from obcms.ledger.fields import VOID_REASON
from obcms.ledger.follow import Differences, differences_of, follow_in_ppas, hold_ppas
from obcms.ledger.hold import hold_balances, hold_period
from obcms.ledger.models import BudgetLine, FundBalance, FundEntry, LedgerPeriod, Obligation
from obcms.ledger.reads.today import today
from obcms.ledger.refusals import coded, refused
from obcms.ledger.rules.choices import EntryKind, Refusal

_REPEATED = ("reference", "payee", "acceptance_date", "acceptance_number", "mode", "remarks")


def void_entry(actor: Actor, entry: FundEntry, reason: str) -> list[FundEntry]:
    """Voids the entry with all that was posted with it; returns the voids, the entry's first.

    Each is dated as what it voids while that quarter is open, else today. Raises Invalid for a
    second void and where a limit would break, Forbidden for a role that may not post the kind.
    """
    require(actor, Permission.FUND_VIEW)
    together = posted_together(entry)
    require_all(actor, together)
    with coded(Refusal.INPUT):
        reason = VOID_REASON.clean(reason)
    return void_together(actor, together, reason)


def void_together(actor: Actor, entries: Sequence[FundEntry], reason: str) -> list[FundEntry]:
    """The same for entries that were asked for: all or none."""
    moved = _moved_back(entries)
    hold_ppas(moved)
    period = hold_period()
    held = hold_balances(
        (one.balance.line_id, one.balance.appropriation_class, one.balance.fund_cluster)
        for one in entries
    )
    _refuse_voided(entries)
    obligations = [one.obligation_id for one in entries if one.obligation_id is not None]
    again = select(Obligation).where(Obligation.id.in_(obligations))
    db.session.scalars(again.execution_options(populate_existing=True)).all()
    voids = book(actor, [reverse(one, period, reason) for one in entries], held)
    is_cut = any(one.is_cut for one in entries)
    follow_in_ppas(actor, moved, f"The void of {entries[0].reference}", takes_back_cut=is_cut)
    return voids


def _moved_back(entries: Sequence[FundEntry]) -> Differences:
    of_documents = (one for one in entries if one.movement_id is not None or one.is_cut)
    return differences_of((one.kind, one.balance.line, -one.amount) for one in of_documents)


def posted_together(entry: FundEntry) -> list[FundEntry]:
    """The entry and what stands or falls with it: its document, or the payable beside it."""
    first = entry.posted_with_id or entry.id
    same = or_(FundEntry.id == first, FundEntry.posted_with_id == first)
    if entry.movement_id is not None:
        same = FundEntry.movement_id == entry.movement_id
    load = joinedload(FundEntry.balance).joinedload(FundBalance.line).joinedload(BudgetLine.act)
    query = select(FundEntry).where(same, FundEntry.voids_id.is_(None))
    query = query.options(
        load, joinedload(FundEntry.obligation), joinedload(FundEntry.movement)
    ).order_by(FundEntry.id)
    found = list(db.session.scalars(query))
    return sorted(found, key=lambda one: (one.posted_with_id is not None, one.id)) or [entry]


def _refuse_voided(entries: Sequence[FundEntry]) -> None:
    if any(one.voids_id is not None for one in entries):
        raise refused(Refusal.VOIDED, "This is a void itself; enter the amount again instead.")
    taken = select(FundEntry.id).where(FundEntry.voids_id.in_([one.id for one in entries]))
    if db.session.scalar(taken.limit(1)) is not None:
        error = Conflict("This entry is voided already.")
        error.details = {"code": Refusal.VOIDED.value}
        raise error


def reverse(entry: FundEntry, period: LedgerPeriod, reason: str) -> Draft:
    """What takes the entry back; its balance, line, obligation and disbursement are loaded."""
    on = _void_day(entry.posting_date, period.closed_through)
    is_paid = entry.kind is EntryKind.DISBURSEMENT
    return Draft(
        line=entry.balance.line,
        appropriation_class=entry.balance.appropriation_class,
        fund_cluster=entry.balance.fund_cluster,
        kind=entry.kind,
        amount=-entry.amount,
        posting_date=on,
        document_date=min(on, today()),
        obligation=entry.obligation,
        along=entry.posted_with_id is not None,
        disbursement=entry if is_paid else entry.disbursement,
        more={
            **{name: getattr(entry, name) for name in _REPEATED},
            "voids_id": entry.id,
            "void_reason": reason,
            "movement_id": entry.movement_id,
            "is_cut": entry.is_cut,
        },
    )


def _void_day(posted_on: date, closed_through: date | None) -> date:
    is_closed = closed_through is not None and posted_on <= closed_through
    return today() if is_closed else posted_on
