"""Every slot is written down with its verdict, quiet ones of busy jobs left out (SPEC 10)."""

import pytest
from sqlalchemy import select

from obcms.kernel.extensions import db
from obcms.kernel.jobs.jobs import delete_old_job_runs
from obcms.kernel.jobs.models import JobRun, JobState
from obcms.kernel.jobs.queue import connection, schedule_queue
from obcms.kernel.jobs.reconcile import reconcile
from obcms.kernel.jobs.runner import run_slot
from obcms.kernel.jobs.schedule import SCHEDULE, ScheduledJob, manual_slot
from tests.kernel.jobs.rounds import (
    DAY,
    HOUR,
    MINUTE,
    NO_SCHEDULER,
    NO_WORKER,
    NOW,
    look_after,
    schedule_round,
    verdicts,
    waiting,
)


@pytest.mark.parametrize(
    ("cron", "expected"),
    [
        (
            "0 2 * * *",
            [
                ("20250602T1800Z", 1, NO_WORKER),
                ("20250603T1800Z", 1, NO_SCHEDULER),
                ("20250604T1800Z", 1, "caught up"),
            ],
        ),
        (
            "0 */12 * * *",
            [
                ("20250602T0400Z", 1, NO_WORKER),
                ("20250602T1600Z", 1, NO_SCHEDULER),
                ("20250603T0400Z", 1, NO_SCHEDULER),
                ("20250603T1600Z", 1, NO_SCHEDULER),
                ("20250604T0400Z", 1, NO_SCHEDULER),
                ("20250604T1600Z", 1, "caught up"),
            ],
        ),
        ("0 2 * * wed", [("20250603T1800Z", 1, NO_WORKER)]),  # found more than a day late
        ("0 2 * * fri", []),
    ],
)
def test_a_clock_that_jumps_three_days_leaves_a_verdict_for_each_slot_between(
    clock, add, cron, expected
) -> None:
    add(cron)
    look_after()
    clock.shift(3 * DAY)
    look_after()
    assert verdicts() == expected
    look_after()
    assert verdicts() == expected


def test_a_clock_set_back_by_an_hour_runs_no_slot_twice(clock, add, to_do) -> None:
    add("0 * * * *")
    look_after()
    clock.shift(HOUR)
    to_do.append("something")
    look_after()
    ran = [("20250602T0400Z", 1, "ran")]
    assert verdicts() == ran
    clock.shift(-HOUR)
    for _ in range(60):
        clock.shift(MINUTE)
        look_after()
    assert verdicts() == ran
    clock.shift(HOUR)
    look_after()
    assert verdicts() == [*ran, ("20250602T0500Z", 1, "ran")]


@pytest.mark.parametrize(
    ("cron", "slot", "wait"), [("0 * * * *", "0400", HOUR), ("*/2 * * * *", "0302", 2 * MINUTE)]
)
def test_a_clock_set_ahead_and_back_leaves_no_verdicts_in_the_way(
    clock, add, to_do, cron, slot, wait
) -> None:
    add(cron)
    look_after()
    clock.shift(5 * DAY)
    look_after()
    clock.shift(-5 * DAY)
    look_after()
    assert waiting() == [f"20250602T{slot}Z"]
    clock.shift(wait)
    to_do.append("something")
    look_after()
    assert verdicts()[0] == (f"20250602T{slot}Z", 1, "ran")


@pytest.mark.parametrize(
    ("cron", "between"),
    [
        ("0 * * * *", [("20250602T0400Z", 1, NO_WORKER), ("20250602T0500Z", 1, NO_SCHEDULER)]),
        ("*/30 * * * *", [("20250602T0330Z", 1, NO_WORKER), ("20250602T0400Z", 4, NO_SCHEDULER)]),
    ],
)
def test_an_hour_that_comes_twice_unseen_leaves_its_verdicts(
    clock, add, to_do, cron, between
) -> None:
    add(cron)
    look_after()
    clock.shift(3 * HOUR)
    to_do.append("something")
    look_after()
    clock.shift(-3 * HOUR + 20 * MINUTE)
    look_after()
    clock.shift(3 * HOUR - 20 * MINUTE)
    look_after()
    assert verdicts() == [*between, ("20250602T0600Z", 1, "ran")]


@pytest.mark.parametrize(
    ("cron", "skipped"),
    [
        ("0 * * * *", [(f"20250602T0{hour}00Z", 1, NO_WORKER) for hour in (4, 5, 6)]),
        ("*/30 * * * *", [("20250602T0330Z", 7, NO_WORKER)]),
    ],
)
def test_workers_away_for_four_slots_run_only_the_last_of_them(
    clock, add, to_do, cron, skipped
) -> None:
    add(cron)
    look_after()
    for _ in range(4 * 60):
        clock.shift(MINUTE)
        schedule_round()
    clock.shift(10 * MINUTE)
    to_do.append("something")
    look_after()
    assert verdicts() == [*skipped, ("20250602T0700Z", 1, "caught up")]
    assert connection().zcard("rq:scheduler:scheduled_jobs") == len(waiting()) == 1


@pytest.mark.parametrize("cron", ["0 * * * *", "0 2 * * *"])
def test_a_slot_of_a_job_that_is_due_hourly_or_less_often_always_leaves_its_row(
    clock, add, cron
) -> None:
    add(cron)
    look_after()
    clock.move_to(SCHEDULE["job"].next_after(NOW))
    look_after()
    assert [(slots, verdict) for _, slots, verdict in verdicts()] == [(1, "ran")]


def test_before_a_jobs_first_slot_nothing_was_missed(clock, add) -> None:
    add("0 2 * * *")
    run_slot("job", manual_slot(NOW - DAY))
    look_after()
    assert [slot[:6] for slot, *_ in verdicts()] == ["manual"]
    assert waiting() == ["20250602T1800Z"]


@pytest.mark.parametrize("state", [JobState.SUCCEEDED, JobState.FAILED, JobState.SKIPPED])
def test_rows_older_than_a_year_are_deleted(clock, add, state) -> None:
    add("0 2 * * *")
    look_after()
    for days in (364, 366):
        slot = f"202406{days - 363:02}T1800Z"
        queued_at = NOW - days * DAY
        db.session.add(JobRun(job="job", slot=slot, state=state, queued_at=queued_at))
    db.session.commit()
    assert delete_old_job_runs() == {"deleted": 1}
    assert db.session.scalars(select(JobRun.slot).order_by(JobRun.slot)).all() == [
        "20240601T1800Z",
        "20250602T1800Z",
    ]
    db.session.rollback()


def test_looking_after_many_jobs_takes_as_many_queries_as_after_one(
    clock, add, schedule, count_queries
) -> None:
    add("0 2 * * *")
    look_after()
    with count_queries() as one:
        reconcile(schedule_queue())
    for number in range(20):
        name = f"job-{number}"
        schedule[name] = ScheduledJob(name, "0 2 * * *", dict)
    look_after()
    with count_queries() as many:
        reconcile(schedule_queue())
    assert len(many) == len(one)
