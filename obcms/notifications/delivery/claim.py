"""Taking a mail, so that no other process sends it meanwhile, and noting what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, literal, select, update
from sqlalchemy.orm import joinedload

from obcms.kernel.db.types import UTCDateTime, utc_now
from obcms.kernel.extensions import db
from obcms.kernel.mail import Refused
from obcms.notifications.delivery.sort import OF_ROWS
from obcms.notifications.models import Notification
from obcms.notifications.reads.waiting import may_go
from obcms.notifications.rules.choices import MailState
from obcms.notifications.rules.waits import (
    LEASE,
    SERVER_AWAY,
    is_given_up,
    wait_after_refusal,
)


@dataclass(frozen=True, slots=True)
class Parcel:
    """A mail that this process has for itself: one piece of news, or all of a digest."""

    message_id: str
    to: str
    rows: Sequence[Notification]  # as long as the transaction lasts in which it was taken
    ids: Sequence[int]
    refusals: int


def claim(message_id: str, now: datetime) -> Parcel | None:
    """The mail, for this process alone until `LEASE` is over; None where another has it.

    The attempt is counted before it begins, so that a killed process leaves a trace of it.
    """
    query = (
        select(Notification)
        .where(Notification.message_id == message_id, may_go(now))
        .order_by(Notification.id)
        .options(joinedload(Notification.user))
        .with_for_update(of=Notification, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    rows = db.session.scalars(query).all()
    if not rows:
        return None
    for row in rows:
        row.attempts, row.next_try_at = row.attempts + 1, now + LEASE
    db.session.flush()
    to = rows[0].user.email if rows[0].user else rows[0].address
    return Parcel(message_id, to, rows, [row.id for row in rows], rows[0].refusals)


def note_sent(parcel: Parcel) -> None:
    """The server has it."""
    _note(parcel, state=MailState.SENT, sent_at=utc_now(), problem="")


def note_refused(parcel: Parcel, refused: Refused) -> bool:
    """The server did not take it: it waits, or is given up, which is the answer."""
    refusals = parcel.refusals + 1
    given_up = is_given_up(refusals, refused.for_good)
    _note(
        parcel,
        state=MailState.GIVEN_UP if given_up else MailState.WAITING,
        refusals=refusals,
        next_try_at=utc_now() + wait_after_refusal(refusals),
        problem=str(refused),
    )
    return given_up


def _note(parcel: Parcel, **values: object) -> None:
    mine = update(Notification).where(
        Notification.id.in_(parcel.ids), Notification.state == MailState.WAITING
    )
    db.session.execute(mine.values(**values), execution_options=OF_ROWS)


def put_all_off(parcel: Parcel, problem: str, now: datetime) -> int:
    """While no mail goes out, all that may go waits; those tried oftener longer. How many."""
    waits = [literal(now + wait, UTCDateTime) for wait in SERVER_AWAY]
    tried = Notification.attempts
    own = update(Notification).where(Notification.id.in_(parcel.ids))
    off = own.values(next_try_at=_by_attempts(tried, waits), problem=problem)
    mine = db.session.execute(off, execution_options=OF_ROWS).rowcount
    others = (
        update(Notification)
        .where(may_go(now))
        .values(attempts=tried + 1, next_try_at=_by_attempts(tried + 1, waits), problem=problem)
    )
    return mine + db.session.execute(others, execution_options=OF_ROWS).rowcount


def _by_attempts(tried: object, waits: Sequence[object]) -> object:
    first = [(tried <= number, wait) for number, wait in enumerate(waits[:-1], 1)]
    return case(*first, else_=waits[-1])
