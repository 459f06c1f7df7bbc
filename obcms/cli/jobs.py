"""`flask jobs`: the schedule, a run by hand, and the processes that work it off."""

import json
from datetime import UTC, datetime

import click
from flask.cli import AppGroup
from sqlalchemy import func, select

from obcms.extensions import db
from obcms.formats import moment
from obcms.jobs.processes import run_scheduler, run_worker
from obcms.jobs.runner import JobFailed, run_slot
from obcms.jobs.schedule import SCHEDULE
from obcms.models import JobRun
from obcms.models.types import utc_now

commands = AppGroup("jobs", help="Scheduled work.")


@commands.command("list")
def list_() -> None:
    """Shows every job, when it is due next, and how it went last."""
    newest = select(func.max(JobRun.id)).group_by(JobRun.job)
    last = {run.job: run for run in db.session.scalars(select(JobRun).where(JobRun.id.in_(newest)))}
    for name, entry in SCHEDULE.items():
        run = last.get(name)
        due = moment(entry.next_after(utc_now()))
        went = "never ran"
        if run is not None:
            went = f"last {run.state.label.lower()} {moment(run.finished_at or run.queued_at)}"
            went += f" {json.dumps(run.result)}" if run.result else ""
        click.echo(f"{name}  {entry.cron}  next {due}  {went}")


@commands.command("run")
@click.argument("name")
def run(name: str) -> None:
    """Runs a job now, in this process, and prints its summary as JSON."""
    if name not in SCHEDULE:
        raise click.ClickException(f"There is no job “{name}”; see `flask jobs list`.")
    slot = f"manual-{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}"
    try:
        click.echo(json.dumps(run_slot(name, slot)))
    except JobFailed as error:
        raise click.ClickException(str(error)) from None


@commands.command("worker")
@click.option("--burst", is_flag=True, help="Stop when the queue is empty.")
def worker(burst: bool) -> None:
    """Works off the queue."""
    run_worker(burst)


@commands.command("scheduler")
def scheduler() -> None:
    """Queues what is due."""
    run_scheduler()
