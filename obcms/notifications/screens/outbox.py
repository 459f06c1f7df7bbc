"""The outbox for administrators: what waits, and what was given up and why."""

from typing import Any, ClassVar

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_login import current_user
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup
from sqlalchemy.orm import Query, joinedload

from obcms.kernel import mail
from obcms.kernel.errors import Conflict
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Permission, allows
from obcms.kernel.screens.base import ClosedModelView, refusal
from obcms.kernel.screens.filters import choice_filter
from obcms.kernel.screens.formatters import badge_column, moment_column
from obcms.notifications.again import MAY_AGAIN, try_again
from obcms.notifications.models import Notification
from obcms.notifications.rules.choices import MailState


def _again(_view: object, _context: object, row: Notification, _name: str) -> Markup | str:
    if (
        not row.attempts
        or row.state not in MAY_AGAIN
        or not allows(current_user, Permission.JOB_RUN)
    ):
        return ""
    return Markup(
        '<form method="post" action="{}"><input type="hidden" name="csrf_token" value="{}">'
        '<button class="btn btn-sm btn-outline-primary" aria-label="Try again: {}">Try again'
        "</button></form>"
    ).format(
        url_for(".try_again", notification_id=row.id, url=request.full_path),
        generate_csrf(),
        f"{row.subject}, to {row.to}",
    )


class OutboxView(ClosedModelView):
    """Every mail with its state in words; read only but for another try."""

    view_permission = Permission.JOB_VIEW
    list_template = "notifications/outbox.html"
    column_list = (
        "subject",
        "to",
        "state",
        "attempts",
        "created_at",
        "next_try_at",
        "sent_at",
        "problem",
        "again",
    )
    column_labels: ClassVar[dict[str, str]] = {
        "state": "Mail",
        "created_at": "Written",
        "next_try_at": "Next try",
        "sent_at": "Sent",
        "problem": "What stands in its way",
        "again": "Action",
    }
    column_default_sort = ("id", True)
    column_sortable_list = ("subject", "state", "attempts", "created_at", "sent_at")
    column_searchable_list = ("subject", "address", "recipient", "problem")
    column_filters = (choice_filter(Notification.state, "Mail", MailState), "event")
    column_formatters: ClassVar[dict[str, Any]] = {
        "state": badge_column,
        "created_at": moment_column,
        "next_try_at": lambda view, context, row, name: (
            moment_column(view, context, row, name) if row.state == MailState.WAITING else "—"
        ),
        "sent_at": moment_column,
        "again": _again,
    }
    column_display_actions = False
    guides = (("notifications", "About notifications"), ("searching", "About searching"))

    def get_query(self) -> Query:
        return super().get_query().options(joinedload(Notification.user))

    def render(self, template: str, **given: Any) -> str:
        return super().render(template, can_send=mail.can_send(), **given)

    @expose("/<int:notification_id>/again", methods=("POST",))
    def try_again(self, notification_id: int) -> ResponseReturnValue:
        """Sends it with the next run."""
        row = self.get_one(str(notification_id))
        try:
            try_again(current_user, row)
            db.session.commit()
            flash("It is sent within a minute or two.", "success")
        except Conflict as error:
            db.session.rollback()
            flash(" ".join(refusal(error)), "error")
        return redirect(url_for(".index_view"))
