"""The list of alerts, the page of one, and the panel beside a PPA."""

from flask import Flask

from obcms.alerts.models import Alert
from obcms.alerts.screens import panel
from obcms.alerts.screens.alerts import AlertView
from obcms.kernel.extensions import db
from obcms.kernel.screens import add_view

__all__ = ["panel"]


def init_app(app: Flask) -> None:
    """Adds the list; the panel adds itself to the overview of a PPA."""
    where = {"endpoint": "alert", "url": "/admin/alerts"}
    add_view(app, AlertView(Alert, db, name="Alerts", **where), 25)
