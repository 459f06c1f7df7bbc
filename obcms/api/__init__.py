"""The REST API (SPEC 12): the services of the screens, behind tokens and described by OpenAPI."""

from flask import Flask

from obcms.api import (
    access,
    approval,
    docs,
    entries,
    entry_actions,
    expenditures,
    organizations,
    tokens,
    work_item_actions,
    work_items,
)
from obcms.extensions import csrf, limiter

BLUEPRINTS = (
    tokens.blueprint,
    entries.blueprint,
    work_items.blueprint,
    organizations.blueprint,
)
__all__ = ["approval", "entry_actions", "expenditures", "work_item_actions"]


def init_app(app: Flask) -> None:
    """Registers the routes, the tokens' rules and the limits."""
    access.init_app(app)
    limiter.init_app(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
        csrf.exempt(blueprint)  # a browser sends no token by itself, and cookies are not read here
    docs.init_app(app, BLUEPRINTS)
