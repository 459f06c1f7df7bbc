"""`flask jobs`: the schedule, a run by hand, and the processes that work it off."""

import json
from collections.abc import Sequence

import click
from flask import Flask
from flask.cli import AppGroup
from sqlalchemy import func, select, tuple_

from obcms.kernel.cli.transaction import clear_failure, transaction
from obcms.kernel.db.types import utc_now
from obcms.kernel.extensions import db
from obcms.kernel.formats import moment
from obcms.kernel.jobs.models import JobRun, JobState
from obcms.kernel.jobs.processes import run_scheduler, run_worker
from obcms.kernel.jobs.runner import JobFailed, run_slot
from obcms.kernel.jobs.schedule import SCHEDULE, ScheduledJob, manual_slot
from obcms.kernel.startup import freeze_startup_objects

commands = AppGroup("jobs", help="Scheduled work.")
HEADINGS = ("JOB", "SCHEDULE", "NEXT", "LAST", "WHEN", "RESULT")


@commands.command("list")
@transaction
def list_() -> None:
    """Shows every job, when it is due next in Manila, and how it went last."""
    newest = select(JobRun.job, func.max(JobRun.started_at)).group_by(JobRun.job)
    begun = select(JobRun).where(tuple_(JobRun.job, JobRun.started_at).in_(newest))
    last = {run.job: run for run in db.session.scalars(begun)}
    rows = [HEADINGS, *(_row(entry, last.get(name)) for name, entry in SCHEDULE.items())]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        click.echo(_line(row, widths))


def _row(entry: ScheduledJob, run: JobRun | None) -> tuple[str, ...]:
    due = moment(entry.next_after(utc_now()))
    if run is None:
        return entry.name, entry.cron, due, "never ran", "", ""
    when = moment(run.finished_at or run.started_at)
    failed = run.state is JobState.FAILED and run.error
    result = run.error.splitlines()[0] if failed else json.dumps(run.result) if run.result else ""
    return entry.name, entry.cron, due, run.state.label.lower(), when, result


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()


@commands.command("run")
@click.argument("name")
def run(name: str) -> None:
    """Runs a job now, in this process, and prints its summary as JSON."""
    if name not in SCHEDULE:
        known = ", ".join(SCHEDULE)
        raise click.ClickException(f"There is no job “{name}”. The jobs are: {known}.")
    try:
        with clear_failure():
            summary = run_slot(name, manual_slot(utc_now()))
    except JobFailed as error:
        raise click.ClickException(str(error)) from None
    click.echo(json.dumps(summary))


@commands.command("worker")
@click.option("--burst", is_flag=True, help="Stop when the queue is empty.")
@click.option("--prompt", is_flag=True, help="Only what somebody waits for in a browser.")
def worker(burst: bool, prompt: bool) -> None:
    """Works off the queue."""
    freeze_startup_objects()
    run_worker(burst, prompt)


@commands.command("scheduler")
def scheduler() -> None:
    """Queues what is due."""
    run_scheduler()


def init_app(app: Flask) -> None:
    """Adds the commands."""
    app.cli.add_command(commands)
