"""A user's own inbox, and how to hear of what."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_login import current_user

from obcms.calendar.days import in_both_calendars
from obcms.kernel.errors import Invalid
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Permission
from obcms.kernel.screens.base import LAST_PAGE, ClosedView, refusal
from obcms.notifications.inbox import choose_ways, mark, mark_all_read
from obcms.notifications.reads.inbox import inbox_page


class InboxView(ClosedView):
    """What there is to know, the newest first. Every role has one."""

    view_permission = Permission.PPA_VIEW

    def is_visible(self) -> bool:
        """Not in the menu, as it is in the corner of every page."""
        return False

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """A page of it; `unread=1` leaves out what was read."""
        unread_only = request.args.get("unread") == "1"
        number = min(request.args.get("page", 1, type=int), LAST_PAGE)
        page = inbox_page(current_user, number, unread_only)
        return self.render(
            "notifications/inbox.html",
            page=page,
            unread_only=unread_only,
            in_both_calendars=in_both_calendars,
        )

    @expose("/<int:notification_id>/open", methods=("POST",))
    def open(self, notification_id: int) -> ResponseReturnValue:
        """Marks it as read and leads to what it is about."""
        link = mark(current_user, notification_id).link
        db.session.commit()
        return redirect(link)

    @expose("/<int:notification_id>/mark", methods=("POST",))
    def mark(self, notification_id: int) -> ResponseReturnValue:
        """Marks it as read, or as unread again, and stays."""
        mark(current_user, notification_id, request.form.get("read") == "1")
        db.session.commit()
        return redirect(_back())

    @expose("/read", methods=("POST",))
    def mark_all(self) -> ResponseReturnValue:
        """Marks all that was shown or is older as read."""
        read = mark_all_read(current_user, request.form.get("newest", 0, type=int))
        db.session.commit()
        flash(f"{read} notification{'' if read == 1 else 's'} marked as read.", "success")
        return redirect(url_for(".index"))

    @expose("/ways", methods=("POST",))
    def choose(self) -> ResponseReturnValue:
        """Keeps how the user wants to hear of each kind of event."""
        try:
            chosen = request.form.to_dict()
            chosen.pop("csrf_token", None)
            choose_ways(current_user, chosen)
            db.session.commit()
            flash("Your choice is kept.", "info")
        except Invalid as error:
            db.session.rollback()
            flash(" ".join(refusal(error)), "error")
        return redirect(url_for("auth.account"))


def _back() -> str:
    unread, page = request.form.get("unread"), request.form.get("page", 1, type=int)
    return url_for(".index", unread=1 if unread == "1" else None, page=page)
