"""Which mails wait, and which of them may go out now."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from obcms.kernel.extensions import db
from obcms.kernel.formats import MANILA
from obcms.notifications.models import Notification, NotificationPreference
from obcms.notifications.rules.choices import DeliveryWay, MailState
from obcms.notifications.rules.waits import latest_digest
from obcms.people.models import User

BATCH = 100


def is_due(now: datetime) -> ColumnElement[bool]:
    """Waits, for no later moment, and no process is sending it."""
    return and_(Notification.state == MailState.WAITING, Notification.next_try_at <= now)


def wants(way: DeliveryWay) -> ColumnElement[bool]:
    """Whose user has chosen this way for this kind of event."""
    return exists().where(
        NotificationPreference.user_id == Notification.user_id,
        NotificationPreference.event == Notification.event,
        NotificationPreference.way == way,
    )


def cannot_be_mailed() -> ColumnElement[bool]:
    """Whose user is disabled or has no mail address; an address without an account is neither."""
    no_mail = or_(~User.is_active, User.email == "")
    return exists().where(User.id == Notification.user_id, no_mail)


def may_go(now: datetime) -> ColumnElement[bool]:
    """Due and wanted, one for a digest not before the hour of digests has passed."""
    before_digest = Notification.created_at < latest_digest(now.astimezone(MANILA))
    return and_(
        is_due(now),
        ~cannot_be_mailed(),
        ~wants(DeliveryWay.INBOX),
        or_(~wants(DeliveryWay.DIGEST), before_digest),
    )


def any_due(now: datetime) -> bool:
    """Whether there is anything to do at all."""
    return bool(db.session.scalar(select(select(Notification.id).where(is_due(now)).exists())))


def ready_mails(now: datetime) -> list[str]:
    """The Message-IDs of the next mails in turn: those tried seldom first, then the oldest."""
    query = (
        select(Notification.message_id)
        .where(may_go(now))
        .group_by(Notification.message_id)
        .order_by(func.min(Notification.attempts), func.min(Notification.id))
        .limit(BATCH)
    )
    return list(db.session.scalars(query))


def count_waiting() -> int:
    """How many notifications wait for their mail."""
    query = select(func.count(Notification.id)).where(Notification.state == MailState.WAITING)
    return db.session.scalar(query) or 0
