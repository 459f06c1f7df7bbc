"""What of the outbox is to be mailed, and what of it together; asked just before it goes out."""

from datetime import datetime

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import aliased

from obcms.kernel.extensions import db
from obcms.notifications.models import Notification
from obcms.notifications.reads.waiting import cannot_be_mailed, is_due, may_go, wants
from obcms.notifications.rules.choices import DeliveryWay, MailState

ONLY_INBOX = "The user wants it only in the inbox."
NO_MAIL = "The user is disabled or has no e-mail address."
OF_ROWS = {"synchronize_session": False}  # none of them is in the session


def put_aside_unwanted(now: datetime) -> int:
    """What nobody is to get by mail stays in the inbox alone; returns how many."""
    reasons = {NO_MAIL: cannot_be_mailed(), ONLY_INBOX: wants(DeliveryWay.INBOX)}
    return sum(_put_aside(now, condition, why) for why, condition in reasons.items())


def _put_aside(now: datetime, condition: ColumnElement[bool], why: str) -> int:
    unwanted = update(Notification).where(is_due(now), condition)
    values = {"state": MailState.NOT_WANTED, "problem": why}
    return db.session.execute(unwanted.values(values), execution_options=OF_ROWS).rowcount


def bundle_digests(now: datetime) -> None:
    """Gives what a user wants in one mail a day one Message-ID, that of the first of it.

    A digest that was tried before keeps what it held, so that a second copy is the same mail.
    """
    fresh = (Notification.attempts == 0, wants(DeliveryWay.DIGEST), may_go(now))
    firsts = (
        select(Notification.user_id, func.min(Notification.id).label("id"))
        .where(*fresh)
        .group_by(Notification.user_id)
        .subquery()
    )
    first = aliased(Notification)
    shared = (
        select(first.message_id)
        .join(firsts, firsts.c.id == first.id)
        .where(firsts.c.user_id == Notification.user_id)
        .correlate(Notification)
        .scalar_subquery()
    )
    bundle = update(Notification).where(*fresh).values(message_id=shared)
    db.session.execute(bundle, execution_options=OF_ROWS)
