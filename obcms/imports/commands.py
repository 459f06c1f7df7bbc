"""The commands that every import has: the import itself, and its undo (SPEC 13)."""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext

from obcms.imports.apply import Source, apply_import, digest
from obcms.imports.compare import compare
from obcms.imports.declared import Import, ImportDefaults, Json
from obcms.imports.outcome import ImportOutcome
from obcms.imports.read_file import read_file
from obcms.imports.undo import find_batch, undo_import
from obcms.kernel.cli.transaction import transaction
from obcms.kernel.db.connections import reading
from obcms.kernel.errors import Invalid
from obcms.kernel.intake.limits import MAX_BYTES
from obcms.kernel.permissions import SYSTEM, Actor
from obcms.kernel.rules.file_names import file_name

READ_HELP = "How to read what the file leaves open, such as amount=E or dates=day-first."
PATIENCE = 2.0  # seconds without a word
OPTIONS = (
    click.argument("file", type=click.Path(path_type=Path)),
    click.option("--fiscal-year", type=click.IntRange(2000, 2100)),
    click.option("--valid-rows-only", is_flag=True, help="Leave refused rows out."),
    click.option("--dry-run", is_flag=True, help="Say what would happen, and write nothing."),
    click.option("--read", "readings", multiple=True, metavar="KEY=VALUE", help=READ_HELP),
    click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON."),
)


@dataclass(frozen=True)
class _Asked:
    """What every import is asked on the command line."""

    file: Path
    fiscal_year: int | None
    valid_rows_only: bool
    dry_run: bool
    readings: tuple[str, ...]
    as_json: bool


def import_command(
    declared: Import,
    name: str,
    given: Callable[..., ImportDefaults],
    options: Sequence[Callable[[Any], Any]] = (),
    actor: Actor = SYSTEM,
) -> click.Command:
    """The command of an import. `given` gets the fiscal year and what its own `options` said."""
    asked_of_all = [field.name for field in fields(_Asked)]

    @click.pass_context
    @with_appcontext
    @transaction
    def run(context: click.Context, **said: Any) -> None:
        asked = _Asked(**{name: said.pop(name) for name in asked_of_all})
        with reading():  # nobody waits for what only looks
            told = given(fiscal_year=asked.fiscal_year, **said)
            done = _import(declared, actor, told, asked)
        if not done:
            context.exit(1)

    run.__doc__ = (
        f"Imports {declared.plural}; without --valid-rows-only a refused row stops the whole "
        "import."
    )
    for option in reversed((*OPTIONS, *options)):
        run = option(run)
    return click.command(name)(run)


def _import(declared: Import, actor: Actor, given: ImportDefaults, asked: _Asked) -> bool:
    """Whether it did, or would do, what was wanted."""
    content, answers = _content(asked.file), declared.answers.parse(asked.readings)
    name, year = file_name(asked.file.name), asked.fiscal_year
    read = read_file(declared, content, name, year, answers, _Progress()).parsed
    parsed, doubts = declared.from_json(read), read["doubts"]
    outcome, batch = compare(declared, actor, parsed, given), None
    stopped = bool(doubts) or (bool(outcome.refused) and not asked.valid_rows_only)
    if not asked.dry_run and not stopped:
        source, valid = Source(name, digest(content)), asked.valid_rows_only
        outcome, batch = apply_import(declared, actor, parsed, given, source, valid_rows_only=valid)
    told = (
        outcome.summary(declared.kinds)
        | declared.told(outcome)
        | ({"import": batch.id} if batch else {})
    )
    told |= {"doubts": doubts, "read": {"lists": read["lists"], **read.get("read", {}), **answers}}
    report = _report(declared, outcome, doubts, asked.dry_run, stopped)
    click.echo(json.dumps(told) if asked.as_json else report)
    # Nothing readable is a failure too: somebody expects the records to be there now.
    return bool(outcome.rows) and not stopped


def undo_command(declared: Import, name: str, actor: Actor = SYSTEM) -> click.Command:
    """The command that takes an import back, by the number that its JSON said."""

    @click.argument("number", type=int)
    @click.option("--reason", default="", help="Why it is undone.")
    @with_appcontext
    @transaction
    def run(number: int, reason: str) -> None:
        undo_import(actor, find_batch(actor, declared, number), reason)
        click.echo(f"Import {number} is undone.")

    run.__doc__ = f"Takes back the import NUMBER of {declared.plural}, all of it or nothing."
    return click.command(name)(run)


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


def _report(
    declared: Import, outcome: ImportOutcome, doubts: Sequence[Json], dry_run: bool, stopped: bool
) -> str:
    total = declared.told(outcome).get("totals", {}).get("total")
    sum_of_all = f"; ₱{Decimal(total):,.2f} in all" if total else ""
    lines = [f"{outcome.counts(declared.kinds)}{sum_of_all}."]
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
