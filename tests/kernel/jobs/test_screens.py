"""The schedule, the page of a run, and the queue with its processes (SPEC 10)."""

from datetime import timedelta

import pytest
from flask import Flask
from lxml import html
from redis import Redis
from sqlalchemy import select

from obcms.kernel.extensions import db
from obcms.kernel.jobs.heartbeat import SCHEDULER, beat
from obcms.kernel.jobs.models import JobRun, JobState
from obcms.kernel.jobs.queue import connection, queue
from obcms.kernel.jobs.schedule import ScheduledJob, slot_name
from tests.kernel.jobs.pages import add_run, page_of, press, runs
from tests.kernel.jobs.rounds import DAY, MINUTE, NOW, look_after, work_round


@pytest.mark.parametrize("page", ["schedule", "job-run", "queue"])
def test_the_pages_are_closed_to_who_may_not_see_runs(people, sign_in_as, page: str) -> None:
    assert sign_in_as(people.outsider).get(f"/admin/{page}/").status_code == 403


def test_an_auditor_sees_and_asks_for_nothing(jobs, people, sign_in_as) -> None:
    client = sign_in_as(people.coa_auditor)
    run_id = add_run(state=JobState.FAILED, attempts=4)
    assert "Run now" not in client.get("/admin/schedule/").text
    assert "Try again" not in page_of(client, run_id)
    asked = {"job": "nightly", "asked": "20250602T030030000000", "attempts": 4}
    assert client.post("/admin/schedule/run", data=asked).status_code == 403
    assert client.post(f"/admin/job-run/{run_id}/retry", data=asked).status_code == 403
    assert db.session.scalars(select(JobRun.state)).all() == [JobState.FAILED]


def test_a_job_stands_with_what_it_does_when_and_how_it_went(
    jobs, people, sign_in_as, clock
) -> None:
    look_after()
    clock.shift(DAY)
    look_after()
    page = sign_in_as(people.administrator).get("/admin/schedule/").text
    for text in ("Night work", "Works at night.", "At 02:00.", "4 Jun 2025, 02:00"):
        assert text in page
    assert "3 Jun 2025: 1 caught up" in page
    assert "2 Jun 2025: no slot" in page


def test_a_day_tells_all_its_slots_and_shows_the_worst(schedule, administrator, clock) -> None:
    schedule.clear()
    schedule["hourly"] = ScheduledJob("hourly", "35 * * * *", dict)
    states = [JobState.SUCCEEDED, JobState.FAILED, JobState.SKIPPED, JobState.SUCCEEDED]
    for number, state in enumerate(states):
        due = NOW.replace(minute=35, second=0) - timedelta(hours=2 + number)
        why = "no worker took it" if state is JobState.SKIPPED else None
        add_run(job="hourly", slot=slot_name(due), due_at=due, state=state, reason=why)
    page = administrator.get("/admin/schedule/").text
    told = "2 Jun 2025: 2 ran, 1 skipped because no worker took it, 1 failed"
    assert told in page
    item = next(one for one in html.fromstring(page).iter("li") if one.get("title") == told)
    assert len(item.xpath(".//i")) == 4
    assert item.xpath(".//*[@class='strip-mark']")[0].text == "×"


def test_a_stretch_is_spread_over_its_days_and_quiet_days_count_as_run(
    schedule, administrator, clock
) -> None:
    schedule.clear()
    schedule["often"] = ScheduledJob("often", "*/30 * * * *", dict, is_idle=lambda _summary: True)
    first = NOW.replace(hour=15, minute=0, second=0) - 4 * DAY  # 29 May, 23:00 in Manila
    add_run(
        job="often",
        slot=slot_name(first),
        due_at=first + timedelta(minutes=30 * 50),
        slots=51,
        state=JobState.SKIPPED,
        reason="the scheduler was not running",
    )
    page = administrator.get("/admin/schedule/").text
    why = "skipped because the scheduler was not running"
    assert "28 May 2025: no slot" in page
    assert f"29 May 2025: 2 {why}" in page
    assert f"30 May 2025: 48 {why}" in page
    assert f"31 May 2025: 1 {why}" in page
    assert "1 Jun 2025: ran, nothing to do" in page


def test_a_run_with_errors_says_so_and_names_the_records(jobs, administrator) -> None:
    jobs["summary"]["errors"] = [{"code": "MOH-2025-001", "error": "Its dates are <odd>."}]
    press(administrator, administrator.get("/admin/schedule/").text, "Run now")
    work_round()
    [run] = runs()
    assert run.verdict == "completed with errors"
    page = page_of(administrator, run.id)
    for text in ("Completed with errors", "MOH-2025-001", "Its dates are &lt;odd&gt;.", "1,200"):
        assert text in page
    assert "Completed with errors" in administrator.get("/admin/job-run/").text


def test_the_queue_and_its_processes_are_shown(jobs, administrator, clock) -> None:
    page = administrator.get("/admin/queue/").text
    assert "No worker is running." in page
    assert "No scheduler is running." in page
    beat(connection(), SCHEDULER, "server-7")
    press(administrator, administrator.get("/admin/schedule/").text, "Run now")
    page = administrator.get("/admin/queue/").text
    assert "server-7" in page
    assert 'data-label="Waiting">1<' in page
    clock.shift(2 * MINUTE)
    assert "Silent" in administrator.get("/admin/queue/").text


def test_without_redis_the_pages_say_so_and_what_is_asked_for_waits(
    app: Flask, jobs, administrator, monkeypatch
) -> None:
    away = Redis.from_url("redis://127.0.0.1:1/0")
    monkeypatch.setitem(app.extensions, "health_redis", away)
    monkeypatch.setitem(app.extensions, "redis", away)
    answer = administrator.get("/admin/queue/")
    assert (answer.status_code, "The queue does not answer." in answer.text) == (200, True)
    page = administrator.get("/admin/schedule/").text
    assert "as soon as the queue is back" in press(administrator, page, "Run now")
    monkeypatch.undo()
    look_after()
    assert [run.verdict for run in runs()] == ["ran"]


@pytest.mark.parametrize("page", ["schedule/", "job-run/", "queue/", "job-run/details/?id=1"])
def test_a_page_takes_few_queries_whatever_there_is(
    schedule, administrator, count_queries, page: str
) -> None:
    counts = []
    for number in (1, 40):
        for step in range(number):
            due = NOW - number * DAY - step * MINUTE
            for name in schedule:
                db.session.add(
                    JobRun(
                        job=name,
                        slot=slot_name(due),
                        due_at=due,
                        state=JobState.SUCCEEDED,
                        started_at=due,
                        finished_at=due,
                    )
                )
        db.session.commit()
        with count_queries() as sent:
            assert administrator.get(f"/admin/{page}").status_code == 200
        counts.append(len(sent))
    assert counts[0] == counts[1] <= 8


def test_every_job_says_what_it_does(schedule) -> None:
    assert [name for name, job in schedule.items() if not job.purpose] == []
    assert queue().is_empty()
