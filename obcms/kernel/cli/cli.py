"""The commands of `flask` that know no concept."""

from flask import Flask

from obcms.kernel.cli.counts import counts
from obcms.kernel.cli.export import db_export


def init_app(app: Flask) -> None:
    """Adds the commands."""
    app.cli.add_command(counts)
    app.cli.add_command(db_export)
