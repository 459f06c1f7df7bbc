"""Slots whose worker died, that fail for good, that are not due, or that were run by hand."""

from datetime import UTC, datetime, timedelta
from threading import Timer

import pytest
import time_machine
from sqlalchemy import select

from obcms.kernel.extensions import db
from obcms.kernel.jobs import runner
from obcms.kernel.jobs.models import JobRun, JobState
from obcms.kernel.jobs.runner import JobFailed, run_slot
from obcms.kernel.jobs.schedule import ScheduledJob, manual_slot, slot_moment

NOW = datetime(2025, 6, 2, 3, 0, tzinfo=UTC)
SLOT = "20250601T1800Z"


@pytest.fixture(autouse=True)
def frozen():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


pytestmark = pytest.mark.usefixtures("ran")


def add_run(state: JobState, attempts: int, slot: str = SLOT, **values: object) -> JobRun:
    given = {"job": "noting", "due_at": slot_moment(slot), "queued_at": NOW} | values
    run = JobRun(slot=slot, state=state, attempts=attempts, **given)
    db.session.add(run)
    db.session.commit()
    return run


def test_a_slot_whose_worker_died_is_taken_up_again(ran, queued) -> None:
    run = add_run(JobState.RUNNING, 1, started_at=NOW - timedelta(seconds=30))
    assert queued() == [("noting", SLOT)]
    assert run.state is JobState.QUEUED
    run_slot("noting", SLOT)
    db.session.refresh(run)
    assert (run.state, run.attempts, run.result) == (JobState.SUCCEEDED, 2, {"ran": 1})


def test_a_slot_that_kills_every_worker_is_given_up(queued) -> None:
    run = add_run(JobState.RUNNING, 4, started_at=NOW - timedelta(seconds=30))
    assert queued() == []
    assert (run.state, run.retry_at) == (JobState.FAILED, None)
    assert run.error == "The process that ran it ended before the job did."
    assert queued() == []


def test_a_slot_that_was_taken_a_moment_ago_is_left_to_its_worker(ran, queued) -> None:
    run = add_run(JobState.RUNNING, 1, started_at=NOW - timedelta(seconds=1))
    assert queued() == []
    assert run_slot("noting", SLOT) is None
    assert (run.state, run.attempts, ran) == (JobState.RUNNING, 1, [])


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)  # SQLite locks no rows
def test_a_slot_that_a_worker_holds_is_left_to_it_however_long_it_takes(queued) -> None:
    add_run(JobState.RUNNING, 1, started_at=NOW - timedelta(hours=1))
    with db.engine.connect() as worker:
        worker.execute(select(JobRun.id).with_for_update())
        lets_go = Timer(3, worker.close)  # who waits for the lock gets the row, and is found out
        lets_go.start()
        assert queued() == []
        assert run_slot("noting", SLOT) is None
        lets_go.cancel()
        lets_go.join()
    assert queued() == [("noting", SLOT)]


def test_a_failed_slot_is_not_run_before_its_time_nor_when_given_up(ran, frozen) -> None:
    run = add_run(JobState.FAILED, 1, retry_at=NOW + timedelta(minutes=1))
    assert run_slot("noting", SLOT) is None
    run.retry_at = None
    db.session.commit()
    frozen.shift(timedelta(days=1))
    assert run_slot("noting", SLOT) is None
    assert ran == []


def test_who_lost_the_slot_between_counting_and_locking_does_nothing(ran, monkeypatch) -> None:
    """Two workers at the same slot: the later one counted on, so the earlier one steps back."""
    begin = runner.begin

    def begin_and_stall(name: str, slot: str) -> int | None:
        attempt = begin(name, slot)
        run = db.session.scalars(select(JobRun)).one()
        run.attempts += 1
        db.session.commit()
        return attempt

    monkeypatch.setattr(runner, "begin", begin_and_stall)
    assert run_slot("noting", SLOT) is None
    assert ran == []


def test_a_run_by_hand_is_not_tried_again(schedule, frozen, queued) -> None:
    schedule["failing"] = ScheduledJob("failing", "0 2 * * *", lambda: 1 // 0)
    slot = manual_slot(NOW)
    with pytest.raises(JobFailed, match="division"):
        run_slot("failing", slot)
    run = db.session.scalars(select(JobRun)).one()
    assert (run.state, run.retry_at, run.due_at) == (JobState.FAILED, None, None)
    db.session.rollback()
    frozen.shift(timedelta(hours=1))
    assert queued() == []


def test_a_run_by_hand_that_was_killed_is_told_as_failed(queued) -> None:
    slot = manual_slot(NOW)
    run = add_run(JobState.RUNNING, 1, slot, started_at=NOW - timedelta(minutes=1))
    assert queued() == []
    assert run.state is JobState.FAILED


@pytest.mark.parametrize(
    ("state", "values", "left"),
    [
        (JobState.FAILED, {"retry_at": NOW}, JobState.FAILED),
        (JobState.RUNNING, {"started_at": NOW - timedelta(hours=1)}, JobState.FAILED),
        (JobState.QUEUED, {}, JobState.SKIPPED),
    ],
)
def test_a_job_that_left_the_schedule_is_not_tried_again(queued, state, values, left) -> None:
    run = add_run(state, 1, job="departed", **values)
    assert queued() == []
    assert (run.state, run.retry_at) == (left, None)


def test_a_name_that_the_queue_does_not_take_is_refused() -> None:
    with pytest.raises(ValueError, match="'two words' cannot stand in the queue's ids"):
        ScheduledJob("two words", "0 2 * * *", dict)
