"""`flask ppa import`: a ministry's own workbook or CSV file."""

import click

from obcms.imports.commands import import_command, undo_command
from obcms.imports.declared import ImportDefaults
from obcms.imports.ppa_list import PPA_LIST
from obcms.organizations.reads import find_moa
from obcms.ppas.cli import commands

MOA = click.option("--moa", help="Acronym of the ministry whose PPAs these are, such as MOH.")


def _given(fiscal_year: int | None, moa: str | None) -> ImportDefaults:
    return ImportDefaults(find_moa(moa).id if moa else None, fiscal_year)


commands.add_command(import_command(PPA_LIST, "import", _given, [MOA]))
commands.add_command(undo_command(PPA_LIST, "undo-import"))
