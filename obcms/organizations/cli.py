"""`flask organization`: organizations from the command line."""

import click
from flask import Flask
from flask.cli import AppGroup

from obcms.kernel.cli.transaction import transaction
from obcms.kernel.permissions import SYSTEM
from obcms.kernel.records.rename import rename
from obcms.organizations.rename import ACRONYMS, NAMES

commands = AppGroup("organization", help="Ministries, offices and agencies.")


@commands.command("rename")
@click.argument("who")
@click.argument("new")
@click.option("--name", "is_name", is_flag=True, help="NEW is its name, not its acronym.")
@transaction
def rename_(who: str, new: str, is_name: bool) -> None:
    """Gives the organization WHO another acronym; works before an upgrade, too.

    WHO is what it is called now, or number:ID.
    """
    renamed = rename(SYSTEM, NAMES if is_name else ACRONYMS, who, new)
    click.echo(str(renamed))


def init_app(app: Flask) -> None:
    """Adds the commands."""
    app.cli.add_command(commands)
