"""`auto_sync_ppa_progress` finds and mends drift (SPEC 10)."""

from decimal import Decimal
from threading import Event, Thread

import pytest
from flask import Flask
from sqlalchemy import select, text

from obcms.kernel.errors import Invalid
from obcms.kernel.extensions import db
from obcms.kernel.jobs.models import JobRun, JobState
from obcms.kernel.jobs.runner import JobFailed, run_slot
from obcms.work import sync
from tests.support.factories import make_ppa, track
from tests.support.processes import wait_for

pytestmark = pytest.mark.usefixtures("app")


def test_the_nightly_job_mends_a_corrupted_progress() -> None:
    ppa = make_ppa()
    items = track(ppa)
    db.session.commit()
    # Behind the system's back, as a hand on the database would.
    db.session.execute(text("UPDATE work_item SET progress = 77 WHERE parent_id IS NULL"))
    db.session.execute(text("UPDATE ppa SET progress = 12"))
    db.session.commit()
    assert run_slot("auto_sync_ppa_progress", "20250601T1800Z") == {
        "processed": 1,
        "updated": 1,
        "unchanged": 0,
        "errors": [],
    }
    db.session.expire_all()
    assert (ppa.progress, items["root"].progress) == (Decimal("0.00"), Decimal("0.00"))
    assert run_slot("auto_sync_ppa_progress", "20250602T1800Z")["unchanged"] == 1


def somebody_waits_for_a_lock() -> bool:
    waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    with db.engine.connect() as onlooker:
        return bool(onlooker.scalar(waiting))


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)  # SQLite has one writer
def test_the_nightly_job_reads_a_tree_once_and_only_when_nobody_is_writing_it(
    app: Flask, count_queries
) -> None:
    ppa = make_ppa()
    items = track(ppa)
    db.session.commit()
    db.session.execute(text("UPDATE ppa SET progress = 12"))
    db.session.commit()
    done = Event()

    def at_night() -> None:
        with app.app_context():
            run_slot("auto_sync_ppa_progress", "20250601T1800Z")
        done.set()

    night = Thread(target=at_night)
    items["Resources"].progress = Decimal("40.00")
    db.session.flush()  # by day, and not yet committed
    with count_queries() as sent:
        night.start()
        wait_for(somebody_waits_for_a_lock)
        assert not done.is_set()
        db.session.commit()
        night.join(10)
    assert done.is_set()
    assert len([statement for statement in sent if "FROM work_item" in statement]) == 1
    db.session.expire_all()
    assert ppa.progress == items["root"].progress == Decimal("6.67")


def broken(*_: object) -> None:
    raise Invalid("The tree has a loop.")


def test_a_run_in_which_every_record_failed_is_a_failed_run(monkeypatch) -> None:
    ppa = make_ppa()
    track(ppa)
    db.session.commit()
    monkeypatch.setattr(sync, "recompute", broken)
    with pytest.raises(JobFailed, match="The tree has a loop"):
        run_slot("auto_sync_ppa_progress", "20250601T1800Z")
    run = db.session.scalars(select(JobRun)).one()
    assert run.state is JobState.FAILED
    assert ppa.code in run.error


def test_one_record_that_failed_is_told_and_does_not_stop_the_others(monkeypatch) -> None:
    first, second = make_ppa(), make_ppa()
    track(first), track(second)
    db.session.commit()
    db.session.execute(text("UPDATE ppa SET progress = 12"))
    db.session.commit()
    recompute = sync.recompute
    root = first.execution_project_id

    def half_broken(nodes, *rest):
        return broken() if any(node.id == root for node in nodes) else recompute(nodes, *rest)

    monkeypatch.setattr(sync, "recompute", half_broken)
    assert run_slot("auto_sync_ppa_progress", "20250601T1800Z") == {
        "processed": 2,
        "updated": 1,
        "unchanged": 0,
        "errors": [{"code": first.code, "error": "The tree has a loop."}],
    }
    run = db.session.scalars(select(JobRun)).one()
    assert (run.state, run.verdict) == (JobState.SUCCEEDED, "completed with errors")
    db.session.expire_all()
    assert (first.progress, second.progress) == (Decimal("12.00"), Decimal("0.00"))
