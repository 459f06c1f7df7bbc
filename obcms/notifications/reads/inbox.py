"""What users find in their inboxes: their own, and nobody else's."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Select, func, select

from obcms.kernel.db.keys import LARGEST_KEY
from obcms.kernel.errors import NotFound
from obcms.kernel.extensions import db
from obcms.notifications.models import Notification, NotificationPreference
from obcms.notifications.rules.choices import DeliveryWay
from obcms.notifications.rules.events import EVENTS, Event
from obcms.people.models import User

PAGE_SIZE = 25


class Page(NamedTuple):
    """A page of an inbox, the newest first; `count` is of all pages."""

    rows: Sequence[Notification]
    number: int
    count: int

    @property
    def last(self) -> int:
        """The number of the last page, from 1."""
        return max(1, -(-self.count // PAGE_SIZE))


class EventChoice(NamedTuple):
    """An event and how the user hears of it."""

    event: Event
    way: DeliveryWay


def own(user: User) -> Select:
    """The user's notifications."""
    return select(Notification).where(Notification.user_id == user.id)


def inbox_page(user: User, number: int, unread_only: bool) -> Page:
    """A page of the user's inbox; a number from nowhere shows the first or the last one."""
    query = own(user)
    if unread_only:
        query = query.where(Notification.read_at.is_(None))
    count = db.session.scalar(query.with_only_columns(func.count(Notification.id))) or 0
    number = min(max(number, 1), Page((), 1, count).last)
    shown = query.order_by(Notification.id.desc()).limit(PAGE_SIZE)
    return Page(db.session.scalars(shown.offset((number - 1) * PAGE_SIZE)).all(), number, count)


def find_own(user: User, notification_id: int) -> Notification:
    """One of the user's notifications. Raises NotFound, also for somebody else's."""
    found = None
    if notification_id <= LARGEST_KEY:
        found = db.session.scalar(own(user).where(Notification.id == notification_id))
    if found is None:
        raise NotFound("There is no such notification.")
    return found


def ways_of(user: User) -> list[EventChoice]:
    """How the user hears of each kind of event."""
    rows = select(NotificationPreference).where(NotificationPreference.user_id == user.id)
    chosen = {row.event: row.way for row in db.session.scalars(rows)}
    return [
        EventChoice(event, chosen.get(name, DeliveryWay.AT_ONCE)) for name, event in EVENTS.items()
    ]
