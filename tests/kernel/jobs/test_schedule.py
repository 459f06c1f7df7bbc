"""Each job's next slot waits in Redis for its moment, as the table says and as its row says."""

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
import time_machine
from flask import Flask
from redis.connection import AbstractConnection
from sqlalchemy import event, select
from sqlalchemy.engine import Engine

from obcms.kernel.extensions import db
from obcms.kernel.jobs.models import JobRun, JobState
from obcms.kernel.jobs.queue import connection, forget_cron_entries, queue, schedule_queue
from obcms.kernel.jobs.reconcile import reconcile
from obcms.kernel.jobs.schedule import SCHEDULE, ScheduledJob, slot_name
from obcms.kernel.jobs.slots import NO_SCHEDULER, NO_WORKER
from tests.kernel.jobs.rounds import look_after, schedule_round
from tests.support.schedule import kept_schedule

NOW = datetime(2025, 6, 2, 3, 0, tzinfo=UTC)  # 11:00 in Manila
KEY = "rq:scheduler:scheduled_jobs"

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def scheduled() -> dict[str, datetime]:
    """What waits in Redis, and for when."""
    waiting = connection().zrange(KEY, 0, -1, withscores=True)
    return {key.decode(): datetime.fromtimestamp(due, UTC) for key, due in waiting}


def planned() -> list[str]:
    runs = select(JobRun.slot).where(JobRun.state == JobState.QUEUED).order_by(JobRun.slot)
    found = list(db.session.scalars(runs))
    db.session.rollback()
    return found


def test_a_slot_is_the_scheduled_minute_in_manila_told_in_utc() -> None:
    job = SCHEDULE["auto_sync_ppa_progress"]
    assert slot_name(job.next_after(NOW)) == "20250602T1800Z"
    two_days = job.due_between(NOW - timedelta(days=2), datetime(2025, 6, 1, 18, tzinfo=UTC))
    assert [slot_name(due) for due in two_days] == ["20250531T1800Z", "20250601T1800Z"]


def test_the_next_slot_of_each_job_waits_for_its_moment(queued) -> None:
    assert queued() == []
    assert scheduled() == {
        "auto_sync_ppa_progress-20250602T1800Z-1": datetime(2025, 6, 2, 18, tzinfo=UTC),
        "seal_audit-20250602T0305Z-1": datetime(2025, 6, 2, 3, 5, tzinfo=UTC),
        "expire_uploads-20250602T0335Z-1": datetime(2025, 6, 2, 3, 35, tzinfo=UTC),
        "cleanup_work_items-20250607T1900Z-1": datetime(2025, 6, 7, 19, tzinfo=UTC),
        "detect_budget_variances-20250602T0400Z-1": datetime(2025, 6, 2, 4, tzinfo=UTC),
        "verify_audit-20250602T1930Z-1": datetime(2025, 6, 2, 19, 30, tzinfo=UTC),
        "mail_audit_head-20250602T2200Z-1": datetime(2025, 6, 2, 22, tzinfo=UTC),
        "archive_audit-20250630T2000Z-1": datetime(2025, 6, 30, 20, tzinfo=UTC),
        "delete_old_job_runs-20250602T2045Z-1": datetime(2025, 6, 2, 20, 45, tzinfo=UTC),
        "delete_old_notifications-20250602T2050Z-1": datetime(2025, 6, 2, 20, 50, tzinfo=UTC),
        "deliver_notifications-20250602T0301Z-1": datetime(2025, 6, 2, 3, 1, tzinfo=UTC),
        "send_approval_deadline_reminders-20250603T0000Z-1": datetime(2025, 6, 3, tzinfo=UTC),
        "send_due_reminders-20250602T2330Z-1": datetime(2025, 6, 2, 23, 30, tzinfo=UTC),
    }
    assert reconcile(schedule_queue()) == []


def test_a_job_that_is_added_changed_or_removed_is_followed(schedule, ran, clock) -> None:
    look_after()
    schedule["extra"] = ScheduledJob("extra", "5 4 * * *", dict)
    look_after()
    assert planned() == ["20250602T1800Z", "20250602T2005Z"]
    schedule["extra"] = ScheduledJob("extra", "6 4 * * *", dict)
    look_after()
    assert planned() == ["20250602T1800Z", "20250602T2006Z"]
    del schedule["extra"]
    clock.shift(timedelta(days=1))
    look_after()
    extra = db.session.scalars(select(JobRun).where(JobRun.job == "extra")).one()
    assert extra.verdict == "skipped because the job is no longer in the schedule"
    assert ran == ["ran"]


def test_a_redis_that_lost_everything_gets_it_again(queued) -> None:
    queued()
    before = scheduled()
    connection().flushall()
    queued()
    assert scheduled() == before != {}


def test_a_slot_that_fell_out_of_the_queue_is_put_in_again(ran, clock) -> None:
    look_after()
    clock.move_to(datetime(2025, 6, 2, 18, 0, 1, tzinfo=UTC))
    schedule_queue().enqueue_jobs()
    assert queue().pop_job_id() == "noting-20250602T1800Z-1"
    look_after()
    assert ran == []  # whoever took it may be about to begin
    clock.shift(timedelta(seconds=61))
    look_after()
    assert ran == ["ran"]


def test_a_slot_that_was_never_put_in_goes_in_at_once(ran, clock) -> None:
    look_after()
    connection().flushall()
    clock.move_to(datetime(2025, 6, 2, 18, 0, 1, tzinfo=UTC))
    look_after()
    assert ran == ["ran"]


class Killed(BaseException):
    """Nobody catches the end of a process."""


def round_killed_at(step: int) -> bool:
    """A round that ends at its Nth statement or command to Redis; whether it came to its end."""
    taken = count(1)

    def take(*_: object) -> None:
        if next(taken) >= step:
            raise Killed

    send = AbstractConnection.send_packed_command
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            AbstractConnection,
            "send_packed_command",
            lambda *command, **options: take() or send(*command, **options),
        )
        event.listen(Engine, "before_cursor_execute", take)
        try:
            schedule_round()
        except Killed:
            return False
        finally:
            event.remove(Engine, "before_cursor_execute", take)
            db.session.remove()
            connection().connection_pool.disconnect()
    return True


def test_a_scheduler_killed_at_any_point_loses_and_doubles_nothing(ran, clock) -> None:
    look_after()
    for step in count(1):
        clock.shift(timedelta(days=3))
        went_through = round_killed_at(step)
        look_after()
        verdicts = [run.verdict for run in db.session.scalars(select(JobRun).order_by("due_at"))]
        db.session.rollback()
        missed = [f"skipped because {why}" for why in (NO_WORKER, NO_SCHEDULER)]
        assert verdicts == [*[*missed, "caught up"] * step, "queued"]
        assert ran == ["ran"] * step
        if went_through:
            break
    assert step > 15


# SQLite has one writer anyway.
@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_one_scheduler_at_a_time_writes_slots(app: Flask, queued) -> None:
    with db.engine.connect() as other:
        other.exec_driver_sql(f"SELECT pg_advisory_xact_lock({0x0BC5_10B5})")
        queued()
        assert planned() == []
    queued()
    assert len(planned()) == len(SCHEDULE)


def test_entries_of_the_version_before_are_removed(queued) -> None:
    scheduler = schedule_queue()
    for name in ("waiting", "due"):
        scheduler.enqueue_at(NOW, "obcms.jobs.queue.enqueue_due", name, job_id=f"cron-{name}")
    scheduler.enqueue_job(next(job for job in scheduler.get_jobs() if job.id == "cron-due"))
    scheduler.connection.zadd(KEY, {"cron-due": 1, "cron-without-a-job": 1})
    queued()
    mine = scheduled().keys() - {"cron-waiting", "cron-due", "cron-without-a-job"}
    forget_cron_entries(scheduler)
    assert scheduled().keys() == mine
    assert (queue().job_ids, connection().keys("rq:job:cron-*")) == ([], [])


def test_the_table_is_put_back_in_its_order_after_a_test_changed_it() -> None:
    before = list(SCHEDULE.items())
    with kept_schedule() as jobs:
        for name in list(jobs):
            jobs[name] = jobs.pop(name)
            del jobs[name]
    assert list(SCHEDULE.items()) == before != []
