"""`auto_sync_ppa_progress` finds and mends drift (SPEC 10)."""

from decimal import Decimal

import pytest
from sqlalchemy import select, text

from obcms.kernel.errors import Invalid
from obcms.kernel.extensions import db
from obcms.kernel.jobs.models import JobRun, JobState
from obcms.kernel.jobs.runner import JobFailed, run_slot
from obcms.work import sync
from tests.services.factories import make_ppa, track

pytestmark = pytest.mark.usefixtures("app")


def test_the_nightly_job_mends_a_corrupted_progress() -> None:
    ppa = make_ppa()
    items = track(ppa)
    db.session.commit()
    # Behind the system's back, as a hand on the database would.
    db.session.execute(text("UPDATE work_item SET progress = 77 WHERE parent_id IS NULL"))
    db.session.execute(text("UPDATE ppa SET progress = 12"))
    db.session.commit()
    assert run_slot("auto_sync_ppa_progress", "s1") == {
        "processed": 1,
        "updated": 1,
        "unchanged": 0,
        "errors": [],
    }
    db.session.expire_all()
    assert (ppa.progress, items["root"].progress) == (Decimal("0.00"), Decimal("0.00"))
    assert run_slot("auto_sync_ppa_progress", "s2")["unchanged"] == 1


def broken(*_: object) -> None:
    raise Invalid("The tree has a loop.")


def test_a_run_in_which_every_record_failed_is_a_failed_run(monkeypatch) -> None:
    ppa = make_ppa()
    track(ppa)
    db.session.commit()
    monkeypatch.setattr(sync, "recompute", broken)
    with pytest.raises(JobFailed, match="The tree has a loop"):
        run_slot("auto_sync_ppa_progress", "s1")
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
    assert run_slot("auto_sync_ppa_progress", "s1") == {
        "processed": 2,
        "updated": 1,
        "unchanged": 0,
        "errors": [{"ppa": first.code, "reason": "The tree has a loop."}],
    }
    db.session.expire_all()
    assert (first.progress, second.progress) == (Decimal("12.00"), Decimal("0.00"))
