"""The inbox, its count on every page, how to hear of what, and the outbox for administrators."""

from flask import Flask, url_for
from flask_login import current_user
from markupsafe import Markup

from obcms.kernel.extensions import db
from obcms.kernel.screens import ADMINISTRATION, add_corner, add_view
from obcms.notifications.models import Notification
from obcms.notifications.reads.inbox import ways_of
from obcms.notifications.screens.inbox import InboxView
from obcms.notifications.screens.outbox import OutboxView
from obcms.people.screens.account import PANELS, Panel

MOST_COUNTED = 99
PANELS.append(Panel("notifications/ways.html", lambda: {"ways": ways_of(current_user)}))


def _corner() -> Markup:
    unread = current_user.unread_count
    said = f"Inbox, {unread} unread" if unread else "Inbox, nothing unread"
    shown = f"{MOST_COUNTED}+" if unread > MOST_COUNTED else str(unread or "")
    return Markup(
        '<a class="app-inbox" href="{}" aria-label="{}"><span class="fa fa-bell" '
        'aria-hidden="true"></span> Inbox{}</a>'
    ).format(
        url_for("inbox.index"),
        said,
        Markup(' <b class="app-count">{}</b>').format(shown) if shown else "",
    )


def init_app(app: Flask) -> None:
    """Adds the screens, and the count."""
    add_corner(app, _corner)
    add_view(app, InboxView(name="Inbox", endpoint="inbox", url="/admin/inbox"), 15)
    where = {"endpoint": "notification", "url": "/admin/notification"}
    outbox = OutboxView(Notification, db, name="Outbox of mails", category=ADMINISTRATION, **where)
    add_view(app, outbox, 97)
