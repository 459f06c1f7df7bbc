"""The ministries and offices that PPAs name by number."""

from flask import Flask

from obcms.kernel.api import add_blueprint
from obcms.kernel.api.docs import POINTS
from obcms.kernel.records.api import record_blueprint
from obcms.organizations.record import ORGANIZATIONS

POINTS.append("**Ministries** are named by their numbers, which `/api/organizations/` lists.")


def init_app(app: Flask) -> None:
    """Adds the routes."""
    add_blueprint(app, record_blueprint(ORGANIZATIONS))
