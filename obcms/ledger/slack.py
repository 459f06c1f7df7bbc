"""How much room each limit has, from the held rows and the entries of later days (SPEC 6)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import accumulate

from sqlalchemy import ColumnElement, case, func, or_, select

from obcms.kernel.extensions import db
from obcms.ledger.draft import Draft, SlackKey
from obcms.ledger.models import FundBalance, FundEntry, Obligation
from obcms.ledger.refusals import short_of_money
from obcms.ledger.rules.choices import Refusal
from obcms.ledger.rules.effects import EFFECTS, LIMITS
from obcms.ledger.rules.limits import Change, breach

ZERO = Decimal("0.00")


def refuse_breaches(
    drafts: Sequence[Draft], held: Mapping[object, FundBalance], overridden: bool = False
) -> None:
    """Raises Invalid for the first limit that the drafts together would break on any day.

    `overridden` lets obligations be above allotments.
    """
    changes: dict[SlackKey, list[Change]] = {}
    for draft in drafts:
        for key, amount in draft.slacks.items():
            changes.setdefault(key, []).append((draft.posting_date, amount))
    on = min(draft.posting_date for draft in drafts)
    for limit in LIMITS:
        for key, moved in changes.items():
            if key[0] is not limit or not _ever_lessens(moved):
                continue
            if limit is Refusal.OBLIGATIONS and overridden:
                continue
            since = min(day for day, _ in moved)
            found = breach(_slack_now(key, held), list(_later(key, held, since)), moved)
            if found is not None:
                raise short_of_money(limit, found, on)


def _ever_lessens(changes: Sequence[Change]) -> bool:
    """Whether the changes leave less room on some day."""
    by_day: dict[date, Decimal] = {}
    for day, amount in changes:
        by_day[day] = by_day.get(day, ZERO) + amount
    return any(total < 0 for total in accumulate(by_day[day] for day in sorted(by_day)))


def _slack_now(key: SlackKey, held: Mapping[object, FundBalance]) -> Decimal:
    """With all that is posted, whatever its day."""
    limit, subject = key
    if limit is Refusal.ALLOTMENTS:
        return held[subject].appropriated - held[subject].allotted
    if limit is Refusal.OBLIGATIONS:
        return held[subject].allotted - held[subject].obligated
    if isinstance(subject, Obligation):
        return subject.slack_of(limit)
    if isinstance(subject, FundEntry) and subject.id is not None:
        return sum((amount for _, amount in _moves(key, held, None)), ZERO)
    return ZERO


def _later(key: SlackKey, held: Mapping[object, FundBalance], since: date) -> Iterable[Change]:
    return _moves(key, held, FundEntry.posting_date > since)


def _moves(
    key: SlackKey, held: Mapping[object, FundBalance], when: ColumnElement[bool] | None
) -> Iterable[Change]:
    limit, subject = key
    if subject not in held and getattr(subject, "id", None) is None:
        return []  # an obligation or a disbursement that is not posted yet
    of_subject = _entries_of(subject, held)
    signs = {kind: effect.slack[limit] for kind, effect in EFFECTS.items() if limit in effect.slack}
    moved = func.sum(FundEntry.amount * case(signs, value=FundEntry.kind))
    query = select(FundEntry.posting_date, moved).where(of_subject, FundEntry.kind.in_(signs))
    if when is not None:
        query = query.where(when)
    return db.session.execute(query.group_by(FundEntry.posting_date)).tuples()


def _entries_of(subject: object, held: Mapping[object, FundBalance]) -> ColumnElement[bool]:
    if isinstance(subject, Obligation):
        return FundEntry.obligation_id == subject.id
    if isinstance(subject, FundEntry):
        ids = [subject.id]
        return or_(FundEntry.id.in_(ids), FundEntry.disbursement_id.in_(ids))
    return FundEntry.balance_id == held[subject].id
