"""Forgetting what is old: an inbox is no archive, and the trail has what happened."""

from datetime import timedelta

from sqlalchemy import delete

from obcms.kernel.db.types import utc_now
from obcms.kernel.extensions import db
from obcms.notifications.models import Notification

KEPT_FOR = timedelta(days=365)


def forget_old() -> int:
    """Deletes what was told more than a year ago, read or not; returns how many."""
    now = utc_now()
    old = delete(Notification).where(
        Notification.created_at < now - KEPT_FOR,
        Notification.next_try_at <= now,  # else a process may just be sending it
    )
    return db.session.execute(old).rowcount
