"""The commands of `flask` that know no concept."""

from flask import Flask

from obcms.kernel.cli.counts import counts


def init_app(app: Flask) -> None:
    """Adds the commands."""
    app.cli.add_command(counts)
