"""`flask up`."""

from flask import Flask

from obcms.operations.up import up


def init_app(app: Flask) -> None:
    """Adds the command."""
    app.cli.add_command(up)
