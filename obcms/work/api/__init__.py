"""Work items for programs."""

from flask import Flask

from obcms.kernel.api import add_blueprint
from obcms.work.api import actions, tracking
from obcms.work.api.items import blueprint

__all__ = ["actions", "tracking"]


def init_app(app: Flask) -> None:
    """Adds the routes, with those that other slices put under a work item."""
    add_blueprint(app, blueprint)
