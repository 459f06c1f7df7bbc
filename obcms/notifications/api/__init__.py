"""A user's own notifications, for programs."""

from flask import Flask

from obcms.kernel.api import add_blueprint
from obcms.notifications.api.notifications import blueprint


def init_app(app: Flask) -> None:
    """Adds the routes."""
    add_blueprint(app, blueprint)
