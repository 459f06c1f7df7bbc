"""`flask ledger`: an act's table and a register of entries from the command line."""

import click
from flask import Flask
from flask.cli import AppGroup

from obcms.imports.commands import import_command, undo_command
from obcms.imports.declared import ImportDefaults
from obcms.kernel.permissions import Role, SystemActor
from obcms.ledger.intake.act_import import ACT_TABLE
from obcms.ledger.intake.register import REGISTER

commands = AppGroup("ledger", help="The budget ledger.")
MFBM = SystemActor(role=Role.MFBM_ANALYST)
ACT = click.option("--act", "number", help="The act's number; without it, the year's regular act.")


def _act_given(fiscal_year: int | None, number: str | None) -> ImportDefaults:
    return ImportDefaults(fiscal_year=fiscal_year, options={"act": number} if number else {})


def _register_given(fiscal_year: int | None) -> ImportDefaults:
    return ImportDefaults(fiscal_year=fiscal_year)


commands.add_command(import_command(ACT_TABLE, "import", _act_given, [ACT], actor=MFBM))
commands.add_command(undo_command(ACT_TABLE, "undo-import", actor=MFBM))
commands.add_command(import_command(REGISTER, "post", _register_given, actor=MFBM))
commands.add_command(undo_command(REGISTER, "void-import", actor=MFBM))


def init_app(app: Flask) -> None:
    """Adds the commands."""
    app.cli.add_command(commands)
