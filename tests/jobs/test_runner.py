"""Failures, retries and missed slots."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from obcms.kernel.extensions import db
from obcms.kernel.jobs import reconcile
from obcms.kernel.jobs.models import JobRun, JobState
from obcms.kernel.jobs.runner import JobFailed, record_slot, run_slot
from obcms.kernel.jobs.schedule import SCHEDULE, ScheduledJob, slot_name

NOW = datetime(2025, 6, 2, 3, 0, tzinfo=UTC)  # 11:00 in Manila


@pytest.fixture(autouse=True)
def failing_job(app: Flask):
    def fail() -> dict[str, int]:
        raise ValueError("no such table: spreadsheets")

    SCHEDULE["failing"] = ScheduledJob("failing", "0 2 * * *", fail)
    yield
    SCHEDULE.pop("failing")


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """What would go to the queue."""
    taken: list[tuple[str, str]] = []
    monkeypatch.setattr(reconcile, "enqueue_slot", lambda *slot: taken.append(slot))
    return taken


def test_a_slot_is_the_scheduled_minute_in_manila_told_in_utc() -> None:
    job = SCHEDULE["auto_sync_ppa_progress"]
    assert job.slot_at(NOW) == datetime(2025, 6, 1, 18, 0, tzinfo=UTC)
    assert job.slot_at(datetime(2025, 6, 1, 18, 0, tzinfo=UTC)).hour == 18
    assert slot_name(job.next_after(NOW)) == "20250602T1800Z"


def test_a_failed_run_is_retried_with_backoff_and_then_left_failed(queued) -> None:
    waits = []
    with time_machine.travel(NOW, tick=False) as clock:
        for _ in range(4):
            with pytest.raises(JobFailed, match="spreadsheets"):
                run_slot("failing", "s1")
            run = db.session.scalars(select(JobRun)).one()
            waits.append(run.retry_at and run.retry_at - run.finished_at)
            db.session.rollback()
            clock.shift(timedelta(minutes=16))
        assert reconcile.recover() == []
    assert waits == [*map(timedelta, [0, 0, 0], [60, 300, 900]), None]
    assert (run.state, run.attempts) == (JobState.FAILED, 4)
    assert run.error == "ValueError: no such table: spreadsheets"


def test_a_failed_run_that_is_due_again_is_queued_again(queued) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        with pytest.raises(JobFailed):
            run_slot("failing", "s1")
        assert reconcile.recover() == []
        clock.shift(timedelta(minutes=2))
        assert reconcile.recover() == [("failing", "s1")] == queued


def test_a_slot_that_was_missed_is_made_up_for_once(queued) -> None:
    with time_machine.travel(NOW - timedelta(days=2), tick=False):
        run_slot("auto_sync_ppa_progress", "20250530T1800Z")
    with time_machine.travel(NOW, tick=False):
        assert reconcile.recover() == [("auto_sync_ppa_progress", "20250601T1800Z")]
        record_slot("auto_sync_ppa_progress", "20250601T1800Z")
        assert reconcile.recover() == []


def test_a_job_that_never_ran_has_missed_nothing(queued) -> None:
    assert reconcile.recover() == []


def test_a_done_slot_is_not_run_again() -> None:
    assert run_slot("auto_sync_ppa_progress", "s1") is not None
    assert run_slot("auto_sync_ppa_progress", "s1") is None
