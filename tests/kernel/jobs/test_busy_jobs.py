"""Jobs that are due oftener than hourly leave rows of what they did, no others (SPEC 10)."""

from obcms.kernel.jobs.queue import schedule_queue
from obcms.kernel.jobs.reconcile import reconcile
from obcms.kernel.jobs.runner import run_slot
from obcms.kernel.jobs.schedule import ScheduledJob, manual_slot
from tests.kernel.jobs.rounds import (
    DAY,
    MINUTE,
    NO_SCHEDULER,
    NO_WORKER,
    NOW,
    look_after,
    verdicts,
    waiting,
)


def test_a_stretch_of_missed_slots_of_a_busy_job_is_one_row_with_its_count(
    clock, add, to_do
) -> None:
    add("* * * * *")
    look_after()
    clock.shift(3 * DAY)
    to_do.append("something")
    look_after()
    assert verdicts() == [
        ("20250602T0301Z", 1, NO_WORKER),  # was planned before
        ("20250602T0302Z", 3 * 24 * 60 - 2, NO_SCHEDULER),
        ("20250605T0300Z", 1, "ran"),
    ]


def test_a_run_of_a_busy_job_with_nothing_to_do_leaves_no_row(clock, add, to_do) -> None:
    add("* * * * *")
    look_after()
    for number in range(5):
        clock.shift(MINUTE)
        to_do.extend(["something"] * (number == 2))
        look_after()
    assert verdicts() == [("20250602T0303Z", 1, "ran")]
    assert waiting() == ["20250602T0306Z"]


def test_a_busy_job_misses_nothing_before_its_last_quiet_slot(clock, add) -> None:
    add("* * * * *")
    look_after()
    for _ in range(3):
        clock.shift(MINUTE)
        reconcile(schedule_queue())
        run_slot("job", waiting()[0])  # the worker's part; the scheduler then stands still
    clock.shift(10 * MINUTE)
    look_after()
    assert verdicts() == [
        ("20250602T0304Z", 1, NO_WORKER),
        ("20250602T0305Z", 8, NO_SCHEDULER),
    ]


def test_a_quiet_slot_leaves_the_next_ones_row_where_the_scheduler_stands_still(clock, add) -> None:
    add("* * * * *")
    reconcile(schedule_queue())
    clock.shift(MINUTE)
    run_slot("job", "20250602T0301Z")
    assert waiting() == ["20250602T0302Z"]
    clock.shift(10 * MINUTE)
    look_after()
    assert verdicts() == [
        ("20250602T0302Z", 1, NO_WORKER),
        ("20250602T0303Z", 8, NO_SCHEDULER),
    ]


def test_a_run_by_hand_always_leaves_its_row(clock, add) -> None:
    add("* * * * *")
    run_slot("job", manual_slot(NOW))
    assert [verdict for *_, verdict in verdicts()] == ["ran"]


def test_a_quiet_run_after_a_failed_one_keeps_what_went_wrong(clock, add, schedule) -> None:
    add("*/5 * * * *")
    quiet = schedule["job"]
    schedule["job"] = ScheduledJob("job", quiet.cron, lambda: 1 // 0, is_idle=quiet.is_idle)
    look_after()
    clock.shift(5 * MINUTE)
    look_after()
    schedule["job"] = quiet
    clock.shift(MINUTE)
    look_after(), look_after()
    assert verdicts() == [("20250602T0305Z", 1, "ran")]
