"""The ministries, offices and agencies: none is deleted, because PPAs refer to them."""

from flask import Flask

from obcms.kernel.permissions import Permission
from obcms.kernel.records.view import RecordView
from obcms.kernel.screens import ADMINISTRATION, add_view
from obcms.organizations.record import ORGANIZATIONS


def init_app(app: Flask) -> None:
    """Adds the screens."""
    where = {"endpoint": "organization", "url": "/admin/organization"}
    seen_by = Permission.ORGANIZATION_EDIT
    view = RecordView(ORGANIZATIONS, seen_by, category=ADMINISTRATION, **where)
    add_view(app, view, 94)
