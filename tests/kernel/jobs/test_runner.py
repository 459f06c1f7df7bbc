"""A slot runs once, and what failed is tried again with growing waits."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from obcms.kernel.extensions import db
from obcms.kernel.jobs.models import JobRun, JobState
from obcms.kernel.jobs.queue import connection, queue, schedule_queue
from obcms.kernel.jobs.runner import JobFailed, run_queued, run_slot
from obcms.kernel.jobs.schedule import ScheduledJob

NOW = datetime(2025, 6, 2, 3, 0, tzinfo=UTC)  # 11:00 in Manila
SLOT = "20250601T1800Z"

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture(autouse=True)
def failing_job(schedule) -> None:
    def fail() -> dict[str, int]:
        raise ValueError("no such table: spreadsheets")

    del schedule["deliver_notifications"]  # due each minute, as what is tried again is here
    schedule["failing"] = ScheduledJob("failing", "0 2 * * *", fail)
    schedule["often_failing"] = ScheduledJob("often_failing", "*/5 * * * *", fail)


def fail(name: str, slot: str) -> JobRun:
    with pytest.raises(JobFailed, match="spreadsheets"):
        run_slot(name, slot)
    run = db.session.scalars(select(JobRun).where(JobRun.job == name, JobRun.slot == slot)).one()
    db.session.rollback()
    return run


def test_a_failed_run_is_retried_with_backoff_and_then_left_failed(queued) -> None:
    waits = []
    with time_machine.travel(NOW, tick=False) as clock:
        for _ in range(4):
            run = fail("failing", SLOT)
            waits.append(run.retry_at and run.retry_at - run.finished_at)
            db.session.rollback()
            clock.shift(timedelta(minutes=16))
        assert queued() == []
    assert waits == [*map(timedelta, [0, 0, 0], [60, 300, 900]), None]
    assert (run.state, run.attempts) == (JobState.FAILED, 4)
    assert run.error == "ValueError: no such table: spreadsheets"


def test_a_failed_run_goes_to_the_queue_when_it_is_due_again_and_not_before(queued) -> None:
    with time_machine.travel(NOW + timedelta(milliseconds=300), tick=False) as clock:
        fail("failing", SLOT)
        assert queued() == []
        scheduler = schedule_queue()
        due = connection().zscore(scheduler.scheduled_jobs_key, f"failing-{SLOT}-2")
        clock.move_to(datetime.fromtimestamp(due, UTC) - timedelta(milliseconds=1))
        assert list(scheduler.get_jobs_to_queue()) == []
        clock.move_to(datetime.fromtimestamp(due, UTC))
        assert [job.id for job in scheduler.get_jobs_to_queue()] == [f"failing-{SLOT}-2"]
        fail("failing", SLOT)


def test_a_failed_run_that_the_queue_lost_is_queued_again(queued) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        fail("failing", SLOT)
        clock.shift(timedelta(minutes=2))
        assert queued() == [("failing", SLOT)]
        assert queued() == []


def test_a_failed_run_is_not_tried_again_after_the_next_slot(queued) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        assert fail("often_failing", "20250602T0300Z").retry_at == NOW + timedelta(minutes=1)
        clock.shift(timedelta(minutes=1))
        assert fail("often_failing", "20250602T0300Z").retry_at is None


def test_a_done_slot_is_not_run_again() -> None:
    assert run_slot("auto_sync_ppa_progress", SLOT) is not None
    assert run_slot("auto_sync_ppa_progress", SLOT) is None


def test_the_queue_alone_makes_no_slot() -> None:
    run_queued("auto_sync_ppa_progress", SLOT)
    assert db.session.scalars(select(JobRun)).all() == []


def test_a_job_that_is_gone_is_not_run_from_the_queue(schedule) -> None:
    db.session.add(JobRun(job="departed", slot=SLOT, due_at=NOW))
    db.session.commit()
    run_queued("departed", SLOT)
    assert db.session.scalars(select(JobRun.state)).one() is JobState.QUEUED


def test_whether_it_was_late_is_told_by_its_first_attempt() -> None:
    with time_machine.travel(datetime(2025, 6, 1, 18, 0, 10, tzinfo=UTC), tick=False) as clock:
        assert fail("failing", SLOT).caught_up is False
        clock.shift(timedelta(minutes=20))
        again = fail("failing", SLOT)
    assert (again.attempts, again.caught_up) == (2, False)


def test_a_slot_that_a_worker_has_just_taken_is_not_put_in_again(clock, add, queued) -> None:
    add("0 * * * *")
    queued()
    clock.move_to(datetime(2025, 6, 2, 4, 0, 30, tzinfo=UTC))
    schedule_queue().enqueue_jobs()
    [taken] = queue().job_ids
    connection().lrem(queue().key, 1, taken)  # its worker has yet to count the attempt
    assert queued() == []
    clock.shift(timedelta(minutes=1))
    assert queued() == [("job", "20250602T0400Z")]
