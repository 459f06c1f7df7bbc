"""`flask structure-template`: structure templates from the command line."""

from typing import Any

import click
from flask import Flask
from flask.cli import AppGroup
from sqlalchemy import Connection, Row

from obcms.kernel.cli.transaction import transaction
from obcms.kernel.errors import Invalid
from obcms.kernel.permissions import SYSTEM, Permission
from obcms.kernel.records.rename import Naming, rename
from obcms.kernel.rules.folding import name_key
from obcms.work.models import StructureTemplate
from obcms.work.rules.choices import DistributionMethod
from obcms.work.rules.shipped_templates import name_problem
from obcms.work.template_record import NAME


def _refuse(_connection: Connection, row: Row[Any], name: str) -> None:
    if problem := name_problem(row.name, name):
        raise Invalid([problem])


NAMES = Naming(
    StructureTemplate,
    "template",
    "name",
    Permission.TEMPLATE_EDIT,
    NAME.clean,
    name_key,
    _refuse,
    named_in=(("ppa", "budget_distribution_policy"),),
    meaning_else=frozenset(DistributionMethod),
)
commands = AppGroup("structure-template", help="What enabling tracking creates.")


@commands.command("rename")
@click.argument("who")
@click.argument("new")
@transaction
def rename_(who: str, new: str) -> None:
    """Gives the template WHO, a name or number:ID, the name NEW; works before an upgrade, too."""
    renamed = rename(SYSTEM, NAMES, who, new)
    click.echo(str(renamed))


def init_app(app: Flask) -> None:
    """Adds the commands."""
    app.cli.add_command(commands)
