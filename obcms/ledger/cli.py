"""`flask ledger`: an act's table and a register of entries from the command line."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import click
from flask import Flask
from flask.cli import AppGroup

from obcms.imports.commands import import_command, undo_command
from obcms.imports.declared import Given
from obcms.kernel.cli.transaction import transaction
from obcms.kernel.errors import Invalid
from obcms.kernel.extensions import db
from obcms.kernel.intake.limited import read_limited
from obcms.kernel.intake.limits import MAX_BYTES
from obcms.kernel.permissions import Role, SystemActor
from obcms.kernel.rules.file_names import file_name
from obcms.ledger.hold import hold_period
from obcms.ledger.intake.act_columns import CLASSES
from obcms.ledger.intake.act_lines import ActOutcome, add_planned, find_target, plan_lines
from obcms.ledger.intake.act_table import TASK
from obcms.ledger.intake.register import REGISTER

commands = AppGroup("ledger", help="The budget ledger.")
MFBM = SystemActor(role=Role.MFBM_ANALYST)
READ_HELP = "How to read what the file leaves open, such as unit=thousands or mooe=F."


@commands.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--fiscal-year", type=click.IntRange(2000, 2100))
@click.option("--act", "number", help="The act's number; without it, the year's regular act.")
@click.option("--valid-rows-only", is_flag=True, help="Leave refused rows out.")
@click.option("--read", "readings", multiple=True, metavar="KEY=VALUE", help=READ_HELP)
@click.option("--dry-run", is_flag=True, help="Say what would happen, and write nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
@click.pass_context
@transaction
def import_(
    context: click.Context,
    file: Path,
    fiscal_year: int | None,
    number: str | None,
    valid_rows_only: bool,
    readings: tuple[str, ...],
    dry_run: bool,
    as_json: bool,
) -> None:
    """Imports an act's table: its lines, with what each is appropriated and allotted."""
    read = read_limited(
        TASK, _content(file), file_name(file.name), known={"answers": _answers(readings)}
    )
    writes = not dry_run and not read["doubts"]
    if writes:
        hold_period(alone=True)  # whoever imports the same table meanwhile waits
    outcome = ActOutcome()
    if read["rows"]:
        target = find_target(read["rows"], number, fiscal_year)
        outcome = plan_lines(MFBM, target, read["rows"])
    refused = sorted([*read["refused"], *outcome.refused], key=lambda one: one["row"])
    stopped = bool(read["doubts"]) or (bool(refused) and not valid_rows_only)
    if writes and not stopped and read["rows"]:
        add_planned(MFBM, target, outcome)
    else:
        db.session.rollback()
    told = _summary(outcome, refused) | {"doubts": read["doubts"], "read": read["read"]}
    click.echo(json.dumps(told) if as_json else _report(told, dry_run, stopped))
    if stopped or not (outcome.new or outcome.unchanged):
        context.exit(1)


def _register_given(fiscal_year: int | None) -> Given:
    return Given(fiscal_year=fiscal_year)


commands.add_command(import_command(REGISTER, "post", _register_given, actor=MFBM))
commands.add_command(undo_command(REGISTER, "void-import", actor=MFBM))


def _summary(outcome: ActOutcome, refused: list[dict[str, Any]]) -> dict[str, Any]:
    totals = {name: f"{outcome.totals[name]:.2f}" for name in CLASSES}
    totals["total"] = f"{sum(outcome.totals.values(), Decimal(0)):.2f}"
    return {
        "new": outcome.accepted,
        "unchanged": outcome.unchanged,
        "refused": refused,
        "totals": totals,
        "warnings": outcome.warnings,
    }


def _report(told: dict[str, Any], dry_run: bool, stopped: bool) -> str:
    total = Decimal(told["totals"]["total"])
    lines = [
        f"{told['new']} new, {told['unchanged']} unchanged, {len(told['refused'])} refused; "
        f"₱{total:,.2f} in all."
    ]
    lines += [f"Row {one['row']} refused: {one['reason']}" for one in told["refused"]]
    lines += [f"Row {one['row']} warning: {one['reason']}" for one in told["warnings"]]
    for doubt in told["doubts"]:
        lines.append(f"{doubt['question']} Answer with one of:")
        lines += [
            f"  --read {one['read']}  ({one['means']}"
            + (f": ₱{Decimal(one['total']):,.2f} in all)" if "total" in one else ")")
            for one in doubt["readings"]
        ]
    if told["doubts"]:
        lines.append("Nothing was imported before this is answered.")
    elif stopped:
        lines.append("Nothing was imported; use --valid-rows-only to leave refused rows out.")
    elif dry_run:
        lines.append("Nothing was written (dry run).")
    return "\n".join(lines)


def _answers(readings: tuple[str, ...]) -> dict[str, str]:
    answers = {}
    for one in readings:
        key, equals, value = one.partition("=")
        if not equals or not value.strip():
            raise Invalid(f"“{one}”: an answer is written KEY=VALUE.", "read")
        answers[key.strip().casefold()] = value.strip().casefold()
    return answers


def _content(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise Invalid(f"{file} cannot be opened: {error.strerror}.") from None


def init_app(app: Flask) -> None:
    """Adds the commands."""
    app.cli.add_command(commands)
