"""`flask structure-template`: structure templates from the command line."""

import click
from flask import Flask
from flask.cli import AppGroup

from obcms.kernel.cli.transaction import transaction
from obcms.kernel.permissions import SYSTEM, Permission
from obcms.kernel.records.rename import Naming, rename
from obcms.kernel.rules.folding import name_key
from obcms.work.models import StructureTemplate
from obcms.work.screens.structure_templates import NAME

NAMES = Naming(
    StructureTemplate, "template", "name", Permission.TEMPLATE_EDIT, NAME.clean, name_key
)
commands = AppGroup("structure-template", help="What enabling tracking creates.")


@commands.command("rename")
@click.argument("who")
@click.argument("new")
@transaction
def rename_(who: str, new: str) -> None:
    """Gives the template WHO, a name or number:ID, the name NEW; works before an upgrade, too."""
    renamed = rename(SYSTEM, NAMES, who, new)
    click.echo(f"“{renamed.old}” is now “{renamed.new}”.")


def init_app(app: Flask) -> None:
    """Adds the commands."""
    app.cli.add_command(commands)
