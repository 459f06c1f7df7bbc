"""The audit trail, read only."""

from typing import Any, ClassVar

from markupsafe import Markup

from obcms.kernel.audit.models import AuditAction, AuditEntry
from obcms.kernel.permissions import Permission
from obcms.kernel.screens.base import ClosedModelView
from obcms.kernel.screens.filters import choice_filter
from obcms.kernel.screens.formatters import badge_column, moment_column


def _changes(_view: object, _context: object, entry: AuditEntry, _name: str) -> Markup:
    """Each changed field with its old and new value; whole rows fold away."""
    lines = Markup("").join(
        Markup("<li><b>{}</b> {} → {}</li>").format(name, _shown(old), _shown(new))
        for name, (old, new) in entry.changes.items()
        if old is not None or new is not None
    )
    listing = Markup('<ul class="changes">{}</ul>').format(lines)
    if entry.action is AuditAction.UPDATE:
        return listing
    return Markup("<details><summary>Whole row</summary>{}</details>").format(listing)


def _shown(value: object) -> str:
    return "—" if value is None or value == "" else str(value)


class AuditView(ClosedModelView):
    """Who changed what, newest first."""

    view_permission = Permission.AUDIT_VIEW
    column_list = (
        "at",
        "actor_name",
        "action",
        "table_name",
        "row_key",
        "changes",
        "ip_address",
        "request_id",
    )
    column_labels: ClassVar[dict[str, str]] = {
        "at": "When",
        "actor_name": "Who",
        "table_name": "Record",
        "row_key": "Number",
        "ip_address": "Address",
        "request_id": "Request or job",
    }
    column_formatters: ClassVar[dict[str, Any]] = {
        "at": moment_column,
        "action": badge_column,
        "changes": _changes,
    }
    column_default_sort = ("id", True)
    column_sortable_list = ("at", "actor_name", "table_name")
    column_searchable_list = ("actor_name", "row_key")
    column_filters = (
        "table_name",
        "row_key",
        "actor_name",
        choice_filter(AuditEntry.action, "Action", AuditAction),
    )
    column_display_actions = False
