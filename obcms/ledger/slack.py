"""The room that limits have, from the held rows and the entries of later days (SPEC 6).

A constant number of queries, however many limits are asked.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import ColumnElement, case, func, or_, select

from obcms.kernel.extensions import db
from obcms.ledger.draft import Draft, SlackKey
from obcms.ledger.models import FundBalance, FundEntry, Obligation
from obcms.ledger.room import Room, RoomRefusal, bound_by, changes_of
from obcms.ledger.rules.choices import Refusal
from obcms.ledger.rules.effects import EFFECTS, LIMITS, LINE_LIMITS, OBLIGATION_LIMITS

ZERO = Decimal("0.00")
_MOST_ASKED = 10_000  # numbers in one query, below what SQLite takes


def refuse_breaches(drafts: Sequence[Draft], held: Mapping[object, FundBalance]) -> None:
    """Raises Invalid for the first limit that the drafts together would break on any day."""
    if (found := find_refusal(drafts, held)) is not None:
        raise found.error


def find_refusal(drafts: Sequence[Draft], held: Mapping[object, FundBalance]) -> RoomRefusal | None:
    """The first limit that the drafts together would break, and what is said of it."""
    changes = changes_of(drafts)
    asked = bound_by(drafts, changes)
    since = min((day for key in asked for day, _ in changes[key]), default=date.min)
    return room_of(asked, held, since).find_refusal(drafts)


def room_of(
    keys: Collection[SlackKey], held: Mapping[object, FundBalance], since: date = date.min
) -> Room:
    """The room of these limits with all that is posted; days up to `since` are left out.

    `held` are the balances by their keys; what is not posted yet has no room so far.
    """
    ends: dict[SlackKey, Decimal] = {}
    moved: dict[SlackKey, dict[date, Decimal]] = {}
    for limit in LIMITS:
        subjects = _numbered([subject for one, subject in keys if one is limit], held)
        # What is left of a disbursement is in no row: all its days are added up.
        after = since if limit in LINE_LIMITS | OBLIGATION_LIMITS else date.min
        days = _days(limit, list(subjects), after)
        for number, subject in subjects.items():
            of_subject = days.get(number, {})
            moved[limit, subject] = of_subject
            ends[limit, subject] = _end(limit, subject, held, of_subject)
    return Room(ends, moved)


def _numbered(subjects: Iterable[object], held: Mapping[object, FundBalance]) -> dict[int, object]:
    """By the numbers of their rows, without those that have none yet."""
    found = ((held[one].id if one in held else getattr(one, "id", None), one) for one in subjects)
    return {number: one for number, one in found if number is not None}


def _end(
    limit: Refusal, subject: object, held: Mapping[object, FundBalance], days: Mapping
) -> Decimal:
    if limit in LINE_LIMITS:
        return held[subject].slack_of(limit)
    if isinstance(subject, Obligation):
        return subject.slack_of(limit)
    return sum(days.values(), ZERO)


def _days(limit: Refusal, numbers: list[int], since: date) -> dict[int, dict[date, Decimal]]:
    """By how much entries after a day moved the limit's slack, by subject and day."""
    signs = {kind: effect.slack[limit] for kind, effect in EFFECTS.items() if limit in effect.slack}
    moved = func.sum(FundEntry.amount * case(signs, value=FundEntry.kind))
    found: defaultdict[int, dict[date, Decimal]] = defaultdict(dict)
    for some in in_parts(numbers):
        subject, of_these = _subject_of(limit, some)
        query = (
            select(subject, FundEntry.posting_date, moved)
            .where(of_these, FundEntry.kind.in_(signs), FundEntry.posting_date > since)
            .group_by(subject, FundEntry.posting_date)
        )
        for number, day, amount in db.session.execute(query):
            found[number][day] = amount
    return found


def in_parts(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    """As many at a time as one query takes."""
    for start in range(0, len(numbers), _MOST_ASKED):
        yield numbers[start : start + _MOST_ASKED]


def _subject_of(
    limit: Refusal, numbers: Sequence[int]
) -> tuple[ColumnElement, ColumnElement[bool]]:
    if limit in LINE_LIMITS:
        return FundEntry.balance_id, FundEntry.balance_id.in_(numbers)
    if limit in OBLIGATION_LIMITS:
        return FundEntry.obligation_id, FundEntry.obligation_id.in_(numbers)
    of_these = or_(FundEntry.id.in_(numbers), FundEntry.disbursement_id.in_(numbers))
    return func.coalesce(FundEntry.disbursement_id, FundEntry.id), of_these
