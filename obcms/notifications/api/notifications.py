"""A user's own notifications: list, read, mark as read."""

from typing import Any

from obcms.kernel.api.access import caller
from obcms.kernel.api.blueprint import APIBlueprint
from obcms.kernel.api.paging import page_of
from obcms.kernel.api.subjects import FINDERS
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Permission
from obcms.notifications.inbox import mark
from obcms.notifications.models import Notification
from obcms.notifications.reads.inbox import find_own, own
from obcms.notifications.schemas import (
    ORDERINGS,
    NotificationAnswer,
    NotificationChange,
    NotificationPage,
    NotificationQuery,
)

# Every role sees PPAs, and every user has an inbox.
ANYBODY = Permission.PPA_VIEW
NEWEST_FIRST = "-id"
blueprint = APIBlueprint(
    "api_notifications", "/api/notifications", "What the token's user was told"
)
COLUMNS = {name: getattr(Notification, name) for name in ORDERINGS}
FINDERS["notification_id"] = lambda number: (find_own(caller(), number), None)


@blueprint.lists(ANYBODY, NotificationQuery, NotificationPage)
def list_notifications(given: dict[str, Any]) -> dict[str, Any]:
    """List notifications

    The token's user's own, the newest first unless asked otherwise.
    """
    query = own(caller())
    if "unread" in given:
        unread = Notification.read_at.is_(None)
        query = query.where(unread if given["unread"] else ~unread)
    if "event" in given:
        query = query.where(Notification.event == given["event"])
    return page_of(query, {"ordering": NEWEST_FIRST} | given, COLUMNS)


@blueprint.route("/<int:notification_id>/", ANYBODY)
@blueprint.response(200, NotificationAnswer)
def read_notification(notification_id: int) -> Notification:
    """Read a notification

    This does not mark it as read.
    """
    return find_own(caller(), notification_id)


@blueprint.route("/<int:notification_id>/", ANYBODY, methods=["PATCH"])
@blueprint.arguments(NotificationChange, example={"read": True})
@blueprint.response(200, NotificationAnswer)
def change_notification(given: dict[str, Any], notification_id: int) -> Notification:
    """Mark a notification as read, or as unread again"""
    found = mark(caller(), notification_id, given["read"])
    db.session.commit()
    return found
