"""What users do with their own inboxes. Whose it is, is the permission."""

from collections.abc import Mapping

from sqlalchemy import select, update

from obcms.kernel.db.types import utc_now
from obcms.kernel.errors import Invalid, Problem
from obcms.kernel.extensions import db
from obcms.notifications.models import Notification, NotificationPreference
from obcms.notifications.reads.inbox import find_own
from obcms.notifications.rules.choices import DeliveryWay
from obcms.notifications.rules.events import EVENTS
from obcms.people.models import User


def mark(user: User, notification_id: int, read: bool = True) -> Notification:
    """Marks one of the user's own as read, or as unread again. Raises NotFound."""
    found = find_own(user, notification_id)
    if read is (found.read_at is None):
        found.read_at = utc_now() if read else None
    db.session.flush()
    return found


def mark_all_read(user: User, newest_id: int) -> int:
    """Marks what the user has seen, up to the newest shown; returns how many were unread."""
    seen = update(Notification).where(
        Notification.user_id == user.id,
        Notification.read_at.is_(None),
        Notification.id <= newest_id,
    )
    return db.session.execute(seen.values(read_at=utc_now())).rowcount


def choose_ways(user: User, ways: Mapping[str, str]) -> None:
    """How the user wants to hear of these kinds of events. Raises Invalid for what there is not."""
    problems = [
        Problem("There is no such choice.", name)
        for name, way in ways.items()
        if name not in EVENTS or way not in set(DeliveryWay)
    ]
    if problems:
        raise Invalid(problems)
    db.session.execute(select(User.id).where(User.id == user.id).with_for_update())
    query = select(NotificationPreference).where(NotificationPreference.user_id == user.id)
    known = {row.event: row for row in db.session.scalars(query)}
    for name, way in ways.items():
        row = known.get(name)
        if row is None and way != DeliveryWay.AT_ONCE:
            row = NotificationPreference(user_id=user.id, event=name, way=DeliveryWay(way))
            db.session.add(row)
        elif row is not None and row.way != way:
            row.way = DeliveryWay(way)
    db.session.flush()
