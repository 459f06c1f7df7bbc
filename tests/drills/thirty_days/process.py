"""One process of the drill: `scheduler` or `worker`, as `flask jobs` starts them.

Only the clock is not the real one, and what is waited for in real seconds is waited for a shorter
time: Redis has the real clock, and so has the scheduler between its rounds.
"""

import os
import sys
from pathlib import Path

from obcms.kernel.extensions import db
from obcms.kernel.jobs import processes, queue
from obcms.kernel.jobs.schedule import SCHEDULE, ScheduledJob
from tests.drills.thirty_days.moved_clock import MovedClock
from tests.support.apps import serving

FLAKY = "flaky"
TICK_SECONDS = 0.1
RECONNECT_SECONDS = 0.1
LOCK_SECONDS = -8  # rq-scheduler adds ten


def add_flaky(home: Path) -> None:
    """A job that fails as long as a file is there; and every job leaves a row of each run."""

    def run() -> dict[str, int]:
        """Fails on demand."""
        if (home / "fail").exists():
            raise RuntimeError("told to fail")
        return {"ran": 1}

    for name, job in list(SCHEDULE.items()):
        kept = {"retry_after": job.retry_after, "timeout": job.timeout}
        SCHEDULE[name] = ScheduledJob(name, job.cron, job.run, **kept)
    SCHEDULE[FLAKY] = ScheduledJob(FLAKY, "15 */6 * * *", run)


def play(role: str, database: str, redis_url: str, home: Path) -> None:
    """What a forked process does until it is ended; what it says goes to a file."""
    with (home / f"{role}.log").open("a") as log:
        os.dup2(log.fileno(), sys.stdout.fileno())
        os.dup2(log.fileno(), sys.stderr.fileno())
    db.engine.dispose(close=False)  # connections of the parent are not to be shared
    with serving(database, home, redis_url=redis_url):
        MovedClock(home / "clock").follow()
        processes.RECONNECT_SECONDS = RECONNECT_SECONDS
        if role == "worker":
            processes.run_worker()
        else:
            processes.TICK_SECONDS, queue.LOCK_SECONDS = TICK_SECONDS, LOCK_SECONDS
            processes.run_scheduler(reconcile_seconds=0)
    os._exit(0)
