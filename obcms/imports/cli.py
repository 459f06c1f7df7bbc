"""`flask ppa import`: a ministry's own workbook or CSV file."""

import json
import time
from decimal import Decimal
from pathlib import Path

import click

from obcms.imports.ppa_import import Outcome, RowKind, import_ppas
from obcms.imports.read_list import read_list
from obcms.imports.reading.as_json import Json, from_json
from obcms.imports.reading.doubts import parse_answers
from obcms.kernel.cli.transaction import transaction
from obcms.kernel.errors import Invalid
from obcms.kernel.extensions import db
from obcms.kernel.intake.limits import MAX_BYTES
from obcms.kernel.permissions import SYSTEM
from obcms.kernel.rules.file_names import file_name
from obcms.organizations.reads import find_moa
from obcms.ppas.cli import commands

READ_HELP = "How to read what the file leaves open, such as amount=E or dates=day-first."
PATIENCE = 2.0  # seconds without a word


@commands.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--moa", help="Acronym of the ministry whose PPAs these are, such as MOH.")
@click.option("--fiscal-year", type=click.IntRange(2000, 2100))
@click.option("--valid-rows-only", is_flag=True, help="Leave refused rows out.")
@click.option("--dry-run", is_flag=True, help="Say what would happen, and write nothing.")
@click.option("--read", "readings", multiple=True, metavar="KEY=VALUE", help=READ_HELP)
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
@click.pass_context
@transaction
def import_(
    context: click.Context,
    file: Path,
    moa: str | None,
    fiscal_year: int | None,
    valid_rows_only: bool,
    dry_run: bool,
    readings: tuple[str, ...],
    as_json: bool,
) -> None:
    """Imports PPAs; without --valid-rows-only a refused row stops the whole import."""
    answers = parse_answers(readings)
    read = read_list(_content(file), file_name(file.name), _Progress(), fiscal_year, answers)
    organization = find_moa(moa) if moa else None
    outcome = import_ppas(SYSTEM, from_json(read), organization, fiscal_year)
    doubts = read["doubts"]
    stopped = bool(doubts) or (bool(outcome.refused) and not valid_rows_only)
    if dry_run or stopped:
        db.session.rollback()
    told = {**outcome.summary(), "doubts": doubts, "read": {"lists": read["lists"], **answers}}
    click.echo(json.dumps(told) if as_json else _report(outcome, doubts, dry_run, stopped))
    # Nothing readable is a failure too: somebody expects the PPAs to be there now.
    if stopped or not outcome.rows:
        context.exit(1)


def _content(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise Invalid(f"{file} cannot be opened: {error.strerror}.") from None


class _Progress:
    """Says how far a longer reading is, beside the output that programs read."""

    said_at: float | None = None

    def __call__(self, progress: str) -> None:
        now = time.monotonic()
        if self.said_at is None:
            self.said_at = now  # a short reading goes without a word
        if now - self.said_at >= PATIENCE:
            self.said_at = now
            click.echo(f"{progress} …", err=True)


def _report(outcome: Outcome, doubts: list[Json], dry_run: bool, stopped: bool) -> str:
    counts = ", ".join(f"{outcome.count(kind)} {kind.value}" for kind in RowKind)
    lines = [f"{counts}, {len(outcome.refused)} refused."]
    lines += [f"Row {note.row} refused: {note.reason}" for note in outcome.refused]
    lines += [f"Row {note.row} warning: {note.reason}" for note in outcome.warnings]
    for doubt in doubts:
        lines.append(f"{doubt['question']} Answer with one of:")
        lines += [
            f"  --read {one['read']}  ({one['means']}: ₱{Decimal(one['total']):,.2f} in all)"
            for one in doubt["readings"]
        ]
    if doubts:
        lines.append("Nothing was imported before this is answered.")
    elif stopped:
        lines.append("Nothing was imported; use --valid-rows-only to leave refused rows out.")
    elif dry_run:
        lines.append("Nothing was written (dry run).")
    return "\n".join(lines)
