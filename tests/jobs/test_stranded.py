"""Slots whose worker died, that fail for good, that are not due, or that were run by hand."""

from datetime import UTC, datetime, timedelta
from threading import Timer

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from obcms.kernel.extensions import db
from obcms.kernel.jobs import reconcile, runner
from obcms.kernel.jobs.models import JobRun, JobState
from obcms.kernel.jobs.runner import JobFailed, run_slot
from obcms.kernel.jobs.schedule import SCHEDULE, ScheduledJob, manual_slot

NOW = datetime(2025, 6, 2, 3, 0, tzinfo=UTC)
SLOT = "20250601T1800Z"


@pytest.fixture(autouse=True)
def frozen():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture(autouse=True)
def ran(app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A job, alone in the schedule, that notes each run."""
    runs: list[str] = []
    monkeypatch.setattr(reconcile, "enqueue_slot", lambda *slot: None)
    job = ScheduledJob("noting", "0 2 * * *", lambda: runs.append("ran") or {"ran": len(runs)})
    for name in list(SCHEDULE):
        monkeypatch.delitem(SCHEDULE, name)
    monkeypatch.setitem(SCHEDULE, "noting", job)
    return runs


def add_run(state: JobState, attempts: int, **values: object) -> JobRun:
    run = JobRun(job="noting", slot=SLOT, state=state, attempts=attempts, queued_at=NOW)
    for name, value in values.items():
        setattr(run, name, value)
    db.session.add(run)
    db.session.commit()
    return run


def add_first_run(when: datetime) -> None:
    db.session.add(JobRun(job="noting", slot="s1", state=JobState.SUCCEEDED, queued_at=when))
    db.session.commit()


def test_a_slot_whose_worker_died_is_taken_up_again(ran) -> None:
    run = add_run(JobState.RUNNING, 1, started_at=NOW - timedelta(seconds=30))
    assert reconcile.recover() == [("noting", SLOT)]
    assert run.state is JobState.QUEUED
    run_slot("noting", SLOT)
    db.session.refresh(run)
    assert (run.state, run.attempts, run.result) == (JobState.SUCCEEDED, 2, {"ran": 1})


def test_a_slot_that_kills_every_worker_is_given_up(ran) -> None:
    run = add_run(JobState.RUNNING, 4, started_at=NOW - timedelta(seconds=30))
    assert reconcile.recover() == []
    assert (run.state, run.retry_at) == (JobState.FAILED, None)
    assert run.error == "The process that ran it ended before the job did."
    assert reconcile.recover() == []


def test_a_slot_that_was_taken_a_moment_ago_is_left_to_its_worker(ran) -> None:
    run = add_run(JobState.RUNNING, 1, started_at=NOW - timedelta(seconds=1))
    assert reconcile.recover() == []
    assert run_slot("noting", SLOT) is None
    assert (run.state, run.attempts, ran) == (JobState.RUNNING, 1, [])


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)  # SQLite locks no rows
def test_a_slot_that_a_worker_holds_is_left_to_it_however_long_it_takes(ran) -> None:
    add_run(JobState.RUNNING, 1, started_at=NOW - timedelta(hours=1))
    with db.engine.connect() as worker:
        worker.execute(select(JobRun.id).with_for_update())
        lets_go = Timer(3, worker.close)  # who waits for the lock gets the row, and is found out
        lets_go.start()
        assert reconcile.recover() == []
        assert run_slot("noting", SLOT) is None
        lets_go.cancel()
        lets_go.join()
    assert reconcile.recover() == [("noting", SLOT)]


def test_a_slot_lost_by_the_queue_is_queued_again(ran, frozen) -> None:
    add_run(JobState.QUEUED, 0)
    assert reconcile.recover() == []
    frozen.shift(timedelta(seconds=61))
    assert reconcile.recover() == [("noting", SLOT)]
    assert reconcile.recover() == []


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
    begin = runner._begin

    def begin_and_stall(name: str, slot: str) -> int | None:
        attempt = begin(name, slot)
        run = db.session.scalars(select(JobRun)).one()
        run.attempts += 1
        db.session.commit()
        return attempt

    monkeypatch.setattr(runner, "_begin", begin_and_stall)
    assert run_slot("noting", SLOT) is None
    assert ran == []


def test_a_run_by_hand_is_not_tried_again(monkeypatch, frozen) -> None:
    monkeypatch.setitem(SCHEDULE, "failing", ScheduledJob("failing", "0 2 * * *", lambda: 1 // 0))
    with pytest.raises(JobFailed, match="division"):
        run_slot("failing", manual_slot(NOW))
    run = db.session.scalars(select(JobRun)).one()
    assert (run.state, run.retry_at) == (JobState.FAILED, None)
    frozen.shift(timedelta(hours=1))
    assert [name for name, _ in reconcile.recover()] == []


def test_a_run_by_hand_that_was_killed_is_told_as_failed(ran) -> None:
    run = add_run(JobState.RUNNING, 1, started_at=NOW - timedelta(minutes=1))
    run.slot = manual_slot(NOW)
    db.session.commit()
    assert reconcile.recover() == []
    assert run.state is JobState.FAILED


def test_a_job_that_left_the_schedule_is_not_tried_again(ran) -> None:
    run = add_run(JobState.FAILED, 1, retry_at=NOW)
    run.job = "departed"
    db.session.commit()
    assert reconcile.recover() == []
    assert (run.state, run.retry_at) == (JobState.FAILED, None)


@pytest.mark.parametrize(("days_ago", "missed"), [(2, [("noting", SLOT)]), (0, [])])
def test_a_slot_is_missed_only_after_the_jobs_first_run(ran, days_ago, missed) -> None:
    add_first_run(NOW - timedelta(days=days_ago))
    assert reconcile.recover() == missed


def test_a_slot_of_longer_than_a_day_ago_is_let_go(ran, monkeypatch) -> None:
    weekly = ScheduledJob("noting", "0 3 * * sun", lambda: {})  # Saturday 19:00 UTC, 32 hours ago
    monkeypatch.setitem(SCHEDULE, "noting", weekly)
    add_first_run(NOW - timedelta(days=30))
    assert reconcile.recover() == []


def test_a_slot_is_never_in_the_future() -> None:
    job = ScheduledJob("noting", "0 2 * * *", dict)
    just_before = datetime(2025, 6, 1, 17, 59, 59, 900_000, tzinfo=UTC)
    assert job.slot_at(just_before) == datetime(2025, 5, 31, 18, 0, tzinfo=UTC)
