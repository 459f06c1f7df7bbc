"""PPAs for programs."""

from flask import Flask

from obcms.kernel.api import add_blueprint
from obcms.ppas.api.ppas import blueprint


def init_app(app: Flask) -> None:
    """Adds the routes, with those that other slices put under a PPA."""
    add_blueprint(app, blueprint)
