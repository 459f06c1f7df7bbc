"""However often the check is broken off, and by whom it is run beside, each alert and each piece
of news is there once (SPEC 10)."""

import logging
from collections.abc import Callable, Iterator
from threading import Event, Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select, text

from obcms.alerts import detect
from obcms.kernel.extensions import db
from obcms.kernel.jobs.runner import run_slot
from obcms.notifications.models import Notification
from tests.alerts.conftest import alerts
from tests.drills.failing_statements.breaking import counted, die_at, fail_at
from tests.support.factories import make_ppa, spend, track
from tests.support.processes import wait_for

JOB = "detect_budget_variances"
BREAKS = {"fails": fail_at, "is killed": die_at}
Left = list[tuple[str, str, str, list[tuple[str, str]]]]


def left() -> Left:
    """The alerts, each with its level and with who was told of which level, in no order."""
    news = db.session.scalars(select(Notification)).all()
    found = []
    for one in alerts():
        mine = [each for each in news if each.about == f"alert {one.id}"]
        told = sorted((each.recipient, each.threshold) for each in mine)
        found.append((one.kind.value, one.subject, one.level.value, told))
    assert sum(len(told) for *_, told in found) == len(news)
    db.session.rollback()
    return sorted(found)


def forget() -> None:
    for table in ("notification", "alert"):
        db.session.execute(text(f"DELETE FROM {table}"))
    db.session.commit()


@pytest.fixture
def overspent(items, people) -> None:
    """Two PPAs, each with an item that is overspent, one of them critically."""
    spend(items["Resources"], "84000.00")
    spend(track(make_ppa())["Resources"], "99000.00")
    db.session.commit()


@pytest.fixture
def quiet() -> Iterator[None]:
    logging.disable(logging.ERROR)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def taken_back(app: Flask) -> Iterator[list[object]]:
    """The savepoints that were rolled back."""
    found: list[object] = []

    def note(*given: object) -> None:
        found.append(given)

    event.listen(db.engine, "rollback_savepoint", note)
    yield found
    event.remove(db.engine, "rollback_savepoint", note)


@pytest.mark.usefixtures("overspent", "quiet")
@pytest.mark.parametrize("kind", BREAKS)
def test_a_run_that_breaks_at_any_statement_loses_and_doubles_nothing(kind: str) -> None:
    with counted() as statements:
        run_slot(JOB, "manual-whole")
    whole = left()
    assert {level for _, _, level, _ in whole} == {"high", "critical"}
    assert all(told for *_, told in whole)
    for number in range(1, statements.count + 1):
        forget()
        BREAKS[kind](JOB, f"manual-{number}", number)
        if kind == "is killed":
            assert left() == [], number
        run_slot(JOB, f"manual-again-{number}")
        assert left() == whole, number


def waits_for_the_other() -> bool:
    waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    with db.engine.connect() as onlooker:
        return bool(onlooker.scalar(waiting))


@pytest.mark.usefixtures("overspent")
def test_of_two_runs_at_once_the_second_waits_and_finds_nothing_to_do(
    app: Flask, monkeypatch: pytest.MonkeyPatch, taken_back: list[object]
) -> None:
    summaries: dict[str, Any] = {}
    holding, go_on = Event(), Event()
    tell = detect.tell

    def slow(*given: Any) -> int:
        holding.set()
        assert go_on.wait(20)
        return tell(*given)

    def run(name: str) -> Callable[[], None]:
        def running() -> None:
            with app.app_context():
                summaries[name] = run_slot(JOB, f"manual-{name}")

        return running

    monkeypatch.setattr(detect, "tell", slow)
    threads = [Thread(target=run(name)) for name in ("first", "second")]
    threads[0].start()
    assert holding.wait(20)
    threads[1].start()
    if db.engine.dialect.name == "postgresql":  # on SQLite the writer at work keeps others out
        wait_for(waits_for_the_other)
    go_on.set()
    for thread in threads:
        thread.join(20)
    assert [summaries[name]["raised"] for name in ("first", "second")] == [3, 0]
    assert [summary["errors"] for summary in summaries.values()] == [[], []]
    assert taken_back == []
    assert len(left()) == 3
