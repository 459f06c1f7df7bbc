"""An app on a Redis of its own, and a schedule that is put back after each test."""

from collections.abc import Callable, Iterator

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from obcms.kernel.db.types import utc_now
from obcms.kernel.jobs.queue import schedule_queue
from obcms.kernel.jobs.reconcile import reconcile
from obcms.kernel.jobs.schedule import ScheduledJob
from tests.kernel.jobs.rounds import NOW
from tests.support.schedule import kept_schedule

Slots = list[tuple[str, str]]


@pytest.fixture
def app(queueing_app: Flask) -> Flask:
    return queueing_app


@pytest.fixture
def schedule(app: Flask) -> Iterator[dict[str, ScheduledJob]]:
    """The table of the jobs that the app has read, to be changed at will."""
    with kept_schedule() as jobs:
        yield jobs


@pytest.fixture
def queued(app: Flask) -> Callable[[], Slots]:
    """Lets the scheduler look after the slots; what it queued to be run at once."""

    def look() -> Slots:
        put = reconcile(schedule_queue())
        return [(attempt.job, attempt.slot) for attempt in put if attempt.moment <= utc_now()]

    return look


@pytest.fixture
def clock() -> Iterator[object]:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def to_do(schedule) -> list[str]:
    """Empties the schedule; what a job finds here, it does, and then it is not idle."""
    schedule.clear()
    return []


@pytest.fixture
def add(schedule, to_do) -> Callable[[str], None]:
    """Adds the one job, which does what there is to do."""

    def work() -> dict[str, int]:
        done = len(to_do)
        to_do.clear()
        return {"done": done}

    def add(cron: str) -> None:
        schedule["job"] = ScheduledJob("job", cron, work, is_idle=lambda said: said["done"] == 0)

    return add


@pytest.fixture
def ran(schedule) -> list[str]:
    """A job alone in the schedule that notes each run."""
    runs: list[str] = []
    schedule.clear()
    schedule["noting"] = ScheduledJob(
        "noting", "0 2 * * *", lambda: runs.append("ran") or {"ran": len(runs)}
    )
    return runs


@pytest.fixture
def jobs(schedule, clock) -> dict[str, ScheduledJob]:
    """One job that does as it is told."""
    told: dict[str, object] = {"summary": {"processed": 1_200, "errors": []}, "runs": 0}

    def work() -> dict[str, object]:
        told["runs"] += 1
        if told.get("fails"):
            raise ValueError("no sheet")
        return told["summary"]

    schedule.clear()
    schedule["nightly"] = ScheduledJob(
        "nightly", "0 2 * * *", work, title="Night work", does="Works at night."
    )
    return told


@pytest.fixture
def administrator(clock, people, sign_in_as) -> FlaskClient:
    return sign_in_as(people.administrator)
