"""Trying again what an administrator has seen to."""

from sqlalchemy import select

from obcms.kernel.db.types import utc_now
from obcms.kernel.errors import Conflict
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Actor, Permission, require
from obcms.notifications.models import Notification
from obcms.notifications.rules.choices import MailState

MAY_AGAIN = frozenset({MailState.WAITING, MailState.GIVEN_UP})


def try_again(actor: Actor, notification: Notification) -> None:
    """Lets the mail go with the next run, its refusals forgotten.

    Raises Conflict where it went out meanwhile, or nobody wants it.
    """
    require(actor, Permission.JOB_RUN)
    locking = select(Notification.id).where(Notification.id == notification.id)
    db.session.execute(locking.with_for_update())
    db.session.refresh(notification, ["state"])
    if notification.state not in MAY_AGAIN:
        raise Conflict(f"This mail is not waiting: {notification.state.label.lower()}.")
    notification.state, notification.refusals = MailState.WAITING, 0
    notification.next_try_at = utc_now()
    db.session.flush()
