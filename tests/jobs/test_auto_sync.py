"""`auto_sync_ppa_progress` finds and mends drift (SPEC 10)."""

from decimal import Decimal

import pytest
from sqlalchemy import text

from obcms.extensions import db
from obcms.jobs.runner import run_slot
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
