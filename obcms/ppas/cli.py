"""`flask ppa`: PPAs from the command line; other slices add to it."""

import click
from flask import Flask
from flask.cli import AppGroup

from obcms.kernel.cli.transaction import transaction
from obcms.kernel.permissions import SYSTEM
from obcms.ppas.rename import rename_ppa

commands = AppGroup("ppa", help="Programs, projects and activities.")


@commands.command("rename")
@click.argument("who")
@click.argument("new")
@transaction
def rename(who: str, new: str) -> None:
    """Gives the PPA WHO, a code or number:ID, the code NEW; works before an upgrade, too."""
    renamed = rename_ppa(SYSTEM, who, new)
    click.echo(str(renamed))


def init_app(app: Flask) -> None:
    """Adds the commands."""
    app.cli.add_command(commands)
