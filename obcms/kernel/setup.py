"""Tells an application of what every concept stands on."""

from flask import Flask

from obcms.kernel import api, extensions, formats, json_provider, screens, web
from obcms.kernel.db import connections


def init_app(app: Flask) -> None:
    """Binds the database, the extensions and what every request goes through."""
    connections.init_app(app)
    extensions.init_app(app)
    for part in (formats, json_provider, web, screens, api):
        part.init_app(app)


def finish(app: Flask) -> None:
    """Once every slice has added its screens and routes: the menu, and the API's document."""
    screens.finish(app)
    api.finish(app)
