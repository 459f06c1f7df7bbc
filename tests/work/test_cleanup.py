"""Work trees that nobody uses are listed, and deleted where the setting says so (SPEC 10)."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from obcms.kernel.db.types import utc_now
from obcms.kernel.errors import Conflict
from obcms.kernel.extensions import db
from obcms.kernel.jobs.models import JobRun
from obcms.kernel.jobs.runner import JobFailed, run_slot
from obcms.kernel.permissions import SYSTEM
from obcms.ppas.edit import edit_ppa
from obcms.ppas.models import PPA
from obcms.spending.expenditures import void_expenditure
from obcms.spending.models import Expenditure
from obcms.work import jobs
from obcms.work.cleanup import remove_unused_tree, unused_trees
from obcms.work.jobs import cleanup_work_items
from obcms.work.models import WorkItem
from obcms.work.tracking import disable_tracking
from tests.support.factories import make_ppa, spend, track


@pytest.fixture
def ppas(app: Flask) -> list[PPA]:
    """Disabled without money, disabled with a voided line, and tracked."""
    empty, voided, tracked = (make_ppa() for _ in range(3))
    track(empty)
    spend(track(voided)["Resources"], "5.00")
    void_expenditure(SYSTEM, db.session.scalars(select(Expenditure)).one(), "By mistake")
    track(tracked)
    for ppa in (empty, voided):
        disable_tracking(SYSTEM, ppa, "Merged")
    db.session.commit()
    return [empty, voided, tracked]


def items_of(ppa: PPA) -> int:
    query = select(func.count()).select_from(WorkItem).where(WorkItem.ppa_id == ppa.id)
    return db.session.scalar(query) or 0


def run_after(days: int) -> dict:
    with time_machine.travel(utc_now() + timedelta(days=days), tick=False):
        return cleanup_work_items()


def test_by_default_it_only_lists_what_is_unused_for_ninety_days(ppas) -> None:
    assert run_after(89)["codes"] == []
    summary = run_after(91)
    assert (summary["codes"], summary["deleted"]) == ([ppas[0].code], 0)
    assert items_of(ppas[0]) == 10


def test_where_the_setting_says_so_it_deletes(app, ppas, monkeypatch) -> None:
    monkeypatch.setattr(app.config["OBCMS"], "workitem_cleanup_dry_run", False)
    summary = run_after(91)
    assert (summary["codes"], summary["deleted"], summary["errors"]) == ([ppas[0].code], 1, [])
    assert [items_of(ppa) for ppa in ppas] == [0, 10, 10]
    assert ppas[0].execution_project_id is None
    assert run_after(91)["codes"] == []


def test_a_tree_that_was_touched_stays(ppas) -> None:
    with time_machine.travel(utc_now() + timedelta(days=50), tick=False):
        edit_ppa(SYSTEM, ppas[0], {"remarks": "Still looked at"})
    assert run_after(91)["codes"] == []


@pytest.mark.parametrize("which", [1, 2])
def test_a_tree_with_money_or_in_use_is_never_removed(ppas, which: int) -> None:
    with pytest.raises(Conflict, match="is in use"):
        remove_unused_tree(SYSTEM, ppas[which])


def test_finding_them_is_one_query_however_many_there_are(app: Flask, count_queries) -> None:
    found = []
    for _ in range(2):
        for _ in range(3):
            ppa = make_ppa()
            track(ppa)
            disable_tracking(SYSTEM, ppa, "Merged")
        db.session.commit()
        with time_machine.travel(utc_now() + timedelta(days=91), tick=False):
            with count_queries() as sent:
                codes = [ppa.code for ppa in unused_trees()]
            found.append((len(codes), len(sent)))
        db.session.rollback()
    assert found == [(3, 1), (6, 1)]


@pytest.fixture
def one_in_use(app: Flask, ppas, monkeypatch) -> PPA:
    """A second unused tree, which cannot be removed; the setting says that they go."""
    other = make_ppa()
    track(other)
    disable_tracking(SYSTEM, other, "Merged")
    db.session.commit()
    monkeypatch.setattr(app.config["OBCMS"], "workitem_cleanup_dry_run", False)
    remove = remove_unused_tree

    def failing(actor, ppa) -> None:  # type: ignore[no-untyped-def]
        remove(actor, ppa)
        if ppa is other:
            raise Conflict("It is in use.")

    monkeypatch.setattr(jobs, "remove_unused_tree", failing)
    return other


def slot_after(days: int) -> dict:
    with time_machine.travel(utc_now() + timedelta(days=days), tick=False):
        return dict(run_slot("cleanup_work_items", "20310601T1900Z"))


def test_one_tree_that_fails_is_told_and_does_not_stop_the_others(ppas, one_in_use) -> None:
    summary = slot_after(91)
    assert summary["errors"] == [{"code": one_in_use.code, "error": "It is in use."}]
    assert (summary["processed"], summary["deleted"]) == (2, 1)
    assert db.session.scalars(select(JobRun)).one().verdict == "completed with errors"
    assert [items_of(ppa) for ppa in (ppas[0], one_in_use)] == [0, 10]


def test_a_run_that_removes_none_of_them_is_a_failed_run(ppas, one_in_use) -> None:
    remove_unused_tree(SYSTEM, ppas[0])
    db.session.commit()
    with pytest.raises(JobFailed, match="It is in use"):
        slot_after(91)
