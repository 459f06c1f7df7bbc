"""`flask audit`: sealing the trail by hand, and checking it."""

import json

import click
from flask import Flask
from flask.cli import AppGroup

from obcms.history.reads.trail import SEALING_JOB, check_trail
from obcms.kernel.cli.transaction import clear_failure
from obcms.kernel.db.types import utc_now
from obcms.kernel.jobs.runner import JobFailed, run_slot
from obcms.kernel.jobs.schedule import manual_slot

commands = AppGroup("audit", help="The seal chain of the audit trail.")


@commands.command("seal")
def seal() -> None:
    """Seals the entries that are final, as the job does, and prints the head."""
    try:
        with clear_failure():
            summary = run_slot(SEALING_JOB, manual_slot(utc_now()))
    except JobFailed as error:
        raise click.ClickException(str(error)) from None
    click.echo(json.dumps(summary))


@commands.command("verify")
@click.option("--head", metavar="HASH", help="A hash noted earlier; it must occur in the chain.")
@click.option("--archives", is_flag=True, help="Check the archived parts in their files too.")
@click.option("--rows", is_flag=True, help="Name each row that is not as the trail has it.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.pass_context
def verify_(
    context: click.Context, head: str | None, archives: bool, rows: bool, as_json: bool
) -> None:
    """Recomputes the chain and names the first bad entry. Ends with 0 or 1; writes nothing."""
    with clear_failure():
        noted = head.strip().lower() if head else None
        verdict = check_trail(noted, archives=archives, rows=rows)
    click.echo(json.dumps(verdict.as_json()) if as_json else verdict.in_words())
    if not verdict.holds:
        context.exit(1)


@commands.command("archive")
def archive_() -> None:
    """Moves the part that is older than AUDIT_KEEP_DAYS to a file, as the job does every month."""
    try:
        with clear_failure():
            summary = run_slot("archive_audit", manual_slot(utc_now()))
    except JobFailed as error:
        raise click.ClickException(str(error)) from None
    click.echo(json.dumps(summary))


def init_app(app: Flask) -> None:
    """Adds the commands."""
    app.cli.add_command(commands)
