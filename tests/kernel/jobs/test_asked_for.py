"""Run now, and try again: once, however often somebody presses the button (SPEC 10)."""

from obcms.kernel.extensions import db
from obcms.kernel.jobs.models import JobRun, JobState
from obcms.kernel.jobs.queue import connection
from tests.kernel.jobs.pages import SLOT, add_run, page_of, press, runs
from tests.kernel.jobs.rounds import DAY, MINUTE, look_after, schedule_round, work_round


def test_run_now_runs_once_however_often_it_is_pressed(jobs, administrator) -> None:
    page = administrator.get("/admin/schedule/").text
    assert "It waits for a worker." in press(administrator, page, "Run now")
    work_round()
    assert "It was asked for already." in press(administrator, page, "Run now")
    work_round()
    [run] = runs()
    assert (run.verdict, run.asked_by, run.due_at) == ("ran", "administrator", None)
    assert jobs["runs"] == 1


def test_run_now_of_a_queue_that_lost_it_runs_all_the_same(jobs, administrator, clock) -> None:
    press(administrator, administrator.get("/admin/schedule/").text, "Run now")
    connection().flushall()
    clock.shift(2 * MINUTE)
    look_after()
    assert [run.asked_by for run in runs()] == ["administrator"]


def test_a_failed_run_tells_why_with_a_reference_and_what_was_logged(
    jobs, people, sign_in_as, clock, caplog
) -> None:
    jobs["fails"] = True
    look_after()
    clock.shift(DAY)
    look_after()
    [run] = runs()
    page = page_of(sign_in_as(people.administrator), run.id)
    assert run.error == "ValueError: no sheet"
    assert f"[{run.reference}]" in caplog.text
    for text in (run.error, run.reference, "Attempt 1 begins", "Is tried again", run.worker):
        assert text in page
    assert "Traceback" not in page


def test_a_failed_run_is_tried_again_once_however_often_it_is_pressed(
    jobs, administrator, clock
) -> None:
    run_id = add_run(state=JobState.FAILED, attempts=4, error="ValueError: no sheet")
    page = page_of(administrator, run_id)
    jobs["fails"] = True
    press(administrator, page, "Try again")
    schedule_round()  # which would let go of a slot that long past
    work_round()
    assert "tried again already" in press(administrator, page, "Try again")
    work_round()
    assert jobs["runs"] == 1
    jobs["fails"] = False
    press(administrator, page_of(administrator, run_id), "Try again")
    work_round()
    run = db.session.get_one(JobRun, run_id)
    assert (run.verdict, run.attempts, run.slot) == ("ran", 6, SLOT)
    assert jobs["runs"] == 2


def test_what_did_not_fail_is_not_tried_again(jobs, administrator) -> None:
    run_id = add_run(state=JobState.SUCCEEDED, attempts=1)
    assert "Try again" not in page_of(administrator, run_id)
    sent = {"attempts": 1}
    administrator.post(f"/admin/job-run/{run_id}/retry", data=sent, follow_redirects=True)
    assert db.session.get_one(JobRun, run_id).state is JobState.SUCCEEDED
