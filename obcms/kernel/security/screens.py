"""The list of security events, and what adds to it at each answer."""

from typing import Any, ClassVar

from flask import Flask, Response, request

from obcms.kernel.db.connections import SAFE_METHODS
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Permission
from obcms.kernel.screens import ADMINISTRATION, add_view
from obcms.kernel.screens.base import ClosedModelView
from obcms.kernel.screens.filters import choice_filter, day_filter
from obcms.kernel.screens.formatters import badge_column, moment_column
from obcms.kernel.security.models import EventKind, SecurityEvent
from obcms.kernel.security.record import record_beside, record_now


class SecurityEventView(ClosedModelView):
    """Who signed in, who failed to, what was refused, and what was taken out; read only."""

    view_permission = Permission.AUDIT_VIEW
    column_list = ("at", "kind", "name", "address", "what", "request_id")
    column_labels: ClassVar[dict[str, str]] = {
        "at": "When",
        "kind": "What happened",
        "name": "Who, or name typed",
        "address": "From",
        "what": "Where",
        "request_id": "Reference",
    }
    column_default_sort = ("id", True)
    column_sortable_list = ("at", "kind", "name", "address")
    column_searchable_list = ("name", "address", "what", "request_id")
    column_filters = (
        choice_filter(SecurityEvent.kind, "What happened", EventKind),
        day_filter(SecurityEvent.at, "Day"),
        "name",
        "address",
    )
    column_formatters: ClassVar[dict[str, Any]] = {"at": moment_column, "kind": badge_column}
    column_display_actions = False
    guides = (("security-events", "About security events"), ("searching", "About searching"))


def record_download(response: Response) -> Response:
    """A file that leaves the system is an export, by whatever page it goes out."""
    leaves = response.headers.get("Content-Disposition", "").startswith("attachment")
    if leaves and response.status_code == 200 and request.method != "HEAD":
        record = record_beside if request.method in SAFE_METHODS else record_now
        record(EventKind.EXPORTED, request.path)
    return response


def init_app(app: Flask) -> None:
    """Adds the screen, and looks at every answer."""
    app.after_request(record_download)
    where = {"endpoint": "security_event", "url": "/admin/security-event"}
    view = SecurityEventView(
        SecurityEvent, db, name="Security events", category=ADMINISTRATION, **where
    )
    add_view(app, view, 95)
