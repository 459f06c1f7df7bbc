"""The ministries, offices and agencies: none is deleted, because PPAs refer to them."""

from flask import Flask

from obcms.kernel.records.view import RecordView
from obcms.kernel.screens import ADMINISTRATION, add_view
from obcms.organizations.record import ORGANIZATIONS


def init_app(app: Flask) -> None:
    """Adds the screens."""
    add_view(app, RecordView(ORGANIZATIONS, category=ADMINISTRATION), 94)
