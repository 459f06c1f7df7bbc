"""`flask demo`: the demonstration data."""

import click
from flask import Flask
from flask.cli import AppGroup

from obcms.demo.load import load_demo
from obcms.kernel.cli.transaction import transaction

commands = AppGroup("demo", help="The demonstration data.")


@commands.command("load")
@transaction
def load() -> None:
    """Loads the PPAs of the FY2025 appropriations act, once."""
    loaded = load_demo()
    if loaded["ppas"]:
        click.echo(f"Loaded {loaded['ppas']} PPAs, {loaded['tracked']} of them tracked.")
    else:
        click.echo("There are PPAs already, so nothing was loaded.")


def init_app(app: Flask) -> None:
    """Adds the commands."""
    app.cli.add_command(commands)
