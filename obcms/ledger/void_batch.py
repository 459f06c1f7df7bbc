"""Voiding all that an import posted, as one act with one reason (SPEC 6, 13)."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import aliased, joinedload

from obcms.kernel.audit.conflicts import TOLD
from obcms.kernel.errors import Conflict
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Actor, Permission, require
from obcms.ledger.access import require_all
from obcms.ledger.book import book_many
from obcms.ledger.draft import SlackKey
from obcms.ledger.fields import VOID_REASON
from obcms.ledger.hold import BalanceKey, hold_balances, hold_period
from obcms.ledger.models import BudgetLine, FundBalance, FundEntry, Obligation
from obcms.ledger.reads.since import named
from obcms.ledger.refusals import coded
from obcms.ledger.rules.choices import EntryKind, Refusal
from obcms.ledger.rules.effects import EFFECTS, LINE_LIMITS, OBLIGATION_LIMITS
from obcms.ledger.slack import find_refusal, in_parts
from obcms.ledger.void import reverse


def void_batch(actor: Actor, entry_ids: Sequence[int], reason: str) -> list[int]:
    """Voids all of these entries, none of which is of a document that moves money, or none.

    Returns the ids of the voids. Each is dated as what it voids while that quarter is open, else
    today; the limits are walked once, with all of them. Raises Conflict where one is voided
    already, where something later stands on one or uses its money, naming that; and Forbidden as
    voiding one does.
    """
    require(actor, Permission.FUND_VIEW)
    with coded(Refusal.INPUT):
        reason = VOID_REASON.clean(reason)
    entries = _read(entry_ids)
    require_all(actor, entries)
    period = hold_period()
    held = hold_balances(
        (one.balance.line_id, one.balance.appropriation_class, one.balance.fund_cluster)
        for one in entries
    )
    _refuse_voided(entry_ids)
    _refuse_built_on(entries)
    _refresh_obligations(entries)
    drafts = [reverse(one, period, reason) for one in entries]
    if (found := find_refusal(drafts, held)) is not None:
        since = _users_of(found.limit, held, entry_ids)
        raise _conflict(f"its money is used since. {found.error} Later entries", since)
    return book_many(actor, drafts, held)


def _read(entry_ids: Sequence[int]) -> list[FundEntry]:
    """What was posted along stands behind what it was posted with."""
    line = joinedload(FundEntry.balance).joinedload(FundBalance.line).joinedload(BudgetLine.act)
    others = (FundEntry.obligation, FundEntry.movement, FundEntry.disbursement)
    query = select(FundEntry).options(line, *(joinedload(one) for one in others))
    found = [
        one
        for some in in_parts(entry_ids)
        for one in db.session.scalars(query.where(FundEntry.id.in_(some)))
    ]
    return sorted(found, key=lambda one: (one.posted_with_id or one.id, one.id))


def _refresh_obligations(entries: Sequence[FundEntry]) -> None:
    """As they stand now that their balances are held."""
    ids = sorted({one.obligation_id for one in entries if one.obligation_id is not None})
    for some in in_parts(ids):
        query = select(Obligation).where(Obligation.id.in_(some))
        db.session.scalars(query.execution_options(populate_existing=True)).all()


def _refuse_voided(entry_ids: Sequence[int]) -> None:
    voided = aliased(FundEntry)
    query = select(voided).join(FundEntry, FundEntry.voids_id == voided.id)
    found = [
        one
        for some in in_parts(entry_ids)
        for one in db.session.scalars(query.where(voided.id.in_(some)).limit(TOLD))
    ]
    if found:
        raise _conflict("some of it is voided already", found, Refusal.VOIDED)


def _refuse_built_on(entries: Sequence[FundEntry]) -> None:
    """Nothing that somebody else entered later may lose what it stands on."""
    opened = [one.obligation_id for one in entries if one.kind is EntryKind.OBLIGATION]
    paid = [one.id for one in entries if one.kind is EntryKind.DISBURSEMENT]
    own = {one.id for one in entries}
    found = {
        one.id: one
        for column, ids in ((FundEntry.obligation_id, opened), (FundEntry.disbursement_id, paid))
        for some in in_parts(ids)
        for one in _live(column.in_(some))
        if one.id not in own
    }
    if found:
        raise _conflict("later entries stand on it", list(found.values()))


def _users_of(
    limit: SlackKey, held: Mapping[BalanceKey, FundBalance], entry_ids: Collection[int]
) -> list[FundEntry]:
    """What others posted since that takes from the limit, the latest first."""
    refusal, subject = limit
    if refusal in LINE_LIMITS:
        of_limit = FundEntry.balance_id == held[subject].id
    elif refusal in OBLIGATION_LIMITS:
        of_limit = FundEntry.obligation_id == subject.id
    else:
        of_limit = or_(FundEntry.disbursement_id == subject.id, FundEntry.id == subject.id)
    own = set(entry_ids)
    found = [
        one
        for one in _live(of_limit, FundEntry.id > min(own))
        if one.id not in own and EFFECTS[one.kind].slack.get(refusal, 0) * one.amount < 0
    ]
    return found[::-1]


def _live(*which: ColumnElement[bool]) -> Iterator[FundEntry]:
    """Entries that are neither voided nor voids."""
    void = aliased(FundEntry)
    query = (
        select(FundEntry)
        .outerjoin(void, void.voids_id == FundEntry.id)
        .where(void.id.is_(None), FundEntry.voids_id.is_(None), *which)
        .order_by(FundEntry.id)
    )
    yield from db.session.scalars(query)


def _conflict(why: str, entries: Sequence[FundEntry], code: Refusal = Refusal.VOIDED) -> Conflict:
    told = "; ".join(named(one) for one in entries[:TOLD])
    more = f"; and {len(entries) - TOLD} more" if len(entries) > TOLD else ""
    error = Conflict(f"Nothing was voided, because {why}: {told}{more}.")
    error.details = {"code": code.value}
    return error
