"""`python -m tests.drills.thirty_days [DAYS] [SCHEDULERS] [DATABASE_URL]`: see the package.

Every slot of every job must have run once, or say why not, though on the way the scheduler is
killed, Redis restarts with and without its data, a failed job is deleted from the queue, the
workers are away for four slots, and the clock jumps three days ahead and one hour back.
"""

import sys
import time
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import redis
from sqlalchemy import func, select

from obcms.kernel.extensions import db
from obcms.kernel.jobs.models import JobRun
from obcms.kernel.jobs.schedule import SCHEDULE
from tests.drills.thirty_days.checker import faults
from tests.drills.thirty_days.conductor import BEGIN, Conductor, nothing
from tests.drills.thirty_days.process import FLAKY, add_flaky
from tests.support.apps import migrate, serving
from tests.support.schedule import kept_schedule

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def run(database: str, home: Path, days: int, schedulers: int, step: timedelta) -> Counter[str]:
    """The whole of it; the verdicts by their number. Raises AssertionError with what is wrong."""
    conductor = Conductor(database, home, schedulers)
    with serving(database, home, redis_url=conductor.url), kept_schedule():
        add_flaky(home)
        try:
            conductor.start_redis()
            conductor.start("scheduler")
            conductor.start("worker")
            conductor.step(timedelta())
            _weather(conductor, days, step)
        finally:
            conductor.end()
        found = faults(BEGIN, conductor.clock.now(), list(SCHEDULE))
        assert not found, f"{len(found)} faults: " + "; ".join(found[:20])
        return _verdicts()


def _weather(conductor: Conductor, days: int, step: timedelta) -> None:
    """Each mishap has a day of its own, as long as there are days; then they pass in peace."""
    end = BEGIN + days * DAY
    for mishap in MISHAPS:
        morning = conductor.clock.now()
        mishap(conductor)
        click.echo(f"{conductor.clock.now():%d %b %H:%M} {mishap.__name__}", err=True)
        conductor.step(timedelta())
        _pass(conductor, min(morning + DAY, end), step)
    _pass(conductor, end, step)


def _pass(conductor: Conductor, until: datetime, step: timedelta) -> None:
    while conductor.clock.now() < until:
        conductor.step(step)


def _kill_schedulers(conductor: Conductor) -> None:
    """At several points of their rounds, the last time for an hour."""
    for wait in (0.0, 0.01, 0.03, 0.06):
        conductor.step(4 * MINUTE, nothing)
        time.sleep(wait)
        conductor.kill("scheduler")
        conductor.start("scheduler")
        conductor.step(MINUTE)
    conductor.kill("scheduler")
    conductor.step(HOUR, nothing)
    conductor.start("scheduler")


def _restart_redis(conductor: Conductor) -> None:
    conductor.kill_redis()
    conductor.step(20 * MINUTE, nothing)
    conductor.start_redis()


def _empty_redis(conductor: Conductor) -> None:
    conductor.kill_redis()
    conductor.step(20 * MINUTE, nothing)
    conductor.start_redis(with_data=False)


def _delete_failed(conductor: Conductor) -> None:
    """Whatever Redis knows of the failed job is deleted before it is tried again."""
    failure = conductor.home / "fail"
    failure.touch()
    due = SCHEDULE[FLAKY].next_after(conductor.clock.now())
    conductor.step(due - conductor.clock.now() + MINUTE / 2, lambda: _attempts() > 0)
    with redis.Redis.from_url(conductor.url) as client:
        keys = list(client.scan_iter(f"rq:job:{FLAKY}-*"))
        client.delete(*keys)
        client.zrem("rq:scheduler:scheduled_jobs", *(key.rpartition(b":")[2] for key in keys))
    failure.unlink()
    conductor.step(2 * MINUTE)
    conductor.step(5 * MINUTE)


def _attempts() -> int:
    query = select(func.max(JobRun.attempts)).where(
        JobRun.job == FLAKY, JobRun.retry_at.is_not(None)
    )
    found = db.session.scalar(query) or 0
    db.session.rollback()
    return found


def _workers_away(conductor: Conductor) -> None:
    """For four slots of a daily job."""
    conductor.kill("worker")
    conductor.pass_by(4 * DAY, 6 * HOUR, conductor.is_planned)
    conductor.start("worker")


def _jump_ahead(conductor: Conductor) -> None:
    conductor.step(3 * DAY)


def _jump_back(conductor: Conductor) -> None:
    conductor.step(-HOUR, conductor.is_planned)


MISHAPS = (
    _kill_schedulers,
    _restart_redis,
    _empty_redis,
    _delete_failed,
    _workers_away,
    _jump_ahead,
    _jump_back,
)


def _verdicts() -> Counter[str]:
    found: Counter[str] = Counter()
    for run in db.session.scalars(select(JobRun).where(JobRun.due_at.is_not(None))):
        found[run.verdict] += run.slots
    db.session.rollback()
    return found


def main() -> None:
    """The long form: in steps of an hour."""
    given = dict(enumerate(sys.argv[1:]))
    days, schedulers = int(given.get(0, 30)), int(given.get(1, 1))
    with TemporaryDirectory() as folder:
        home = Path(folder)
        database = given.get(2, f"sqlite:///{home / 'drill.sqlite3'}")
        migrate(database, home)
        begun = time.monotonic()
        told = run(database, home, days, schedulers, HOUR)
        click.echo(f"{days} days, {schedulers} schedulers, {time.monotonic() - begun:.0f} s:")
        for verdict, slots in told.most_common():
            click.echo(f"{slots:8,} {verdict}")


if __name__ == "__main__":
    main()
