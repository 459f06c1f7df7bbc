"""`flask jobs`: the schedule, a run by hand, and the processes that work it off."""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import click
from flask import Flask
from flask.cli import AppGroup

from obcms.kernel.cli.transaction import clear_failure, transaction
from obcms.kernel.db.types import utc_now
from obcms.kernel.formats import moment
from obcms.kernel.jobs.models import JobRun, JobState
from obcms.kernel.jobs.processes import run_scheduler, run_worker
from obcms.kernel.jobs.reads import history, last_runs
from obcms.kernel.jobs.runner import JobFailed, run_slot
from obcms.kernel.jobs.schedule import SCHEDULE, ScheduledJob, manual_slot
from obcms.kernel.jobs.words import took
from obcms.kernel.startup import freeze_startup_objects

commands = AppGroup("jobs", help="Scheduled work.")
HEADINGS = ("JOB", "SCHEDULE", "NEXT", "LAST", "WHEN", "RESULT")
HISTORY = ("JOB", "DUE", "SLOTS", "VERDICT", "ATTEMPTS", "BEGAN", "TOOK")


@commands.command("list")
@transaction
def list_() -> None:
    """Shows every job, when it is due next in Manila, and how it went last."""
    last = last_runs()
    _table([HEADINGS, *(_row(entry, last.get(name)) for name, entry in SCHEDULE.items())])


def _row(entry: ScheduledJob, run: JobRun | None) -> tuple[str, ...]:
    due = moment(entry.next_after(utc_now()))
    if run is None:
        return entry.name, entry.cron, due, "never ran", "", ""
    when = moment(run.finished_at or run.started_at)
    state = run.verdict if run.error_count else run.state.label.lower()
    failed = run.state is JobState.FAILED and run.error
    result = run.error.splitlines()[0] if failed else json.dumps(run.result) if run.result else ""
    return entry.name, entry.cron, due, state, when, result


def _table(rows: Sequence[Sequence[str]]) -> None:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True))
        click.echo("  ".join(cells).rstrip())


@commands.command("history")
@click.argument("name", required=False)
@click.option("--days", type=click.IntRange(1, 366), default=30, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON list for programs.")
@transaction
def history_(name: str | None, days: int, as_json: bool) -> None:
    """Shows what became of every slot and run by hand, the newest first."""
    _check_known(name)
    now = utc_now()
    runs = history(name, now - timedelta(days=days), now)
    if as_json:
        click.echo(json.dumps([_told(run) for run in runs]))
    else:
        _table([HISTORY, *map(_line, runs)])


def _line(run: JobRun) -> tuple[str, ...]:
    due = moment(run.due_at) if run.due_at else "by hand"
    begun, attempts = moment(run.started_at), str(run.attempts)
    return run.job, due, str(run.slots), run.verdict, attempts, begun, took(run.seconds)


def _told(run: JobRun) -> dict[str, Any]:
    moments = {
        name: at.isoformat() if (at := getattr(run, name)) else None
        for name in ("due_at", "started_at", "finished_at", "retry_at")
    }
    told = {"job": run.job, "slot": run.slot, "slots": run.slots, "state": run.state.value}
    said = {"attempts": run.attempts, "result": run.result, "error": run.error}
    return told | {"verdict": run.verdict} | moments | said


def _check_known(name: str | None) -> None:
    if name is not None and name not in SCHEDULE:
        known = ", ".join(SCHEDULE)
        raise click.ClickException(f"There is no job “{name}”. The jobs are: {known}.")


@commands.command("run")
@click.argument("name")
def run(name: str) -> None:
    """Runs a job now, in this process, and prints its summary as JSON."""
    _check_known(name)
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
