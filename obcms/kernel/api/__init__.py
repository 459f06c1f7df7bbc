"""What every route of the REST API is made of (SPEC 12); the routes are in the slices."""

from flask import Flask

from obcms.kernel.api import access, docs
from obcms.kernel.api.blueprint import APIBlueprint
from obcms.kernel.extensions import csrf, limiter

KEY = "api_blueprints"


def init_app(app: Flask) -> None:
    """Sets up the tokens' rules and the limits."""
    app.extensions[KEY] = []
    access.init_app(app)
    limiter.init_app(app)


def add_blueprint(app: Flask, blueprint: APIBlueprint) -> None:
    """Registers the routes of a slice."""
    app.extensions[KEY].append(blueprint)
    app.register_blueprint(blueprint)
    csrf.exempt(blueprint)  # a browser sends no token by itself, and cookies are not read here


def finish(app: Flask) -> None:
    """Registers the document, once all routes are there."""
    docs.init_app(app)
