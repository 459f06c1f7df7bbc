"""Killed, run twice or at once: each mail goes out, and a second copy is the same one (SPEC 10)."""

import os
import signal
from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import select

from obcms.kernel import mail
from obcms.kernel.extensions import db
from obcms.notifications import jobs
from obcms.notifications.jobs import deliver_notifications
from obcms.notifications.models import Notification
from obcms.notifications.rules.choices import MailState
from obcms.notifications.rules.waits import LEASE
from tests.notifications.told import deliver, tell

pytestmark = pytest.mark.usefixtures("app")


def killed_at(app: Flask, module: object, name: str, after: bool = False) -> None:
    """A process that runs the job, and is killed when it comes to this function, or leaves it."""
    db.session.remove()
    db.engine.dispose()
    child = os.fork()
    if child == 0:
        real = getattr(module, name)

        def deadly(*given, **named):
            if after:
                real(*given, **named)
            os.kill(os.getpid(), signal.SIGKILL)

        setattr(module, name, deadly)
        try:
            deliver_notifications()
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL


@pytest.mark.parametrize(
    ("module", "name", "after", "copies"),
    [
        (jobs, "put_aside_unwanted", False, 1),
        (jobs, "claim", True, 1),  # counted, and not committed
        (mail.Post, "send", False, 1),  # taken, and not sent
        (mail.Post, "send", True, 2),  # sent, and not noted: what SMTP makes possible
        (jobs, "note_sent", True, 2),
    ],
)
def test_a_killed_process_loses_nothing(
    app: Flask, server, clock, module, name: str, after: bool, copies: int
) -> None:
    for number in range(3):
        tell("budget@example.invalid", about=f"item {number}")
    killed_at(app, module, name, after)
    deliver()
    clock.shift(LEASE)
    deliver()
    rows = list(db.session.scalars(select(Notification)))
    assert {row.state for row in rows} == {MailState.SENT}
    assert set(server.ids) == {row.message_id for row in rows}
    assert len(server.ids) == 2 + copies
    assert len(set(server.ids)) == 3
    assert deliver()["sent"] == 0


def test_a_mail_that_another_process_sends_is_left_to_it(app: Flask, server, clock) -> None:
    tell("budget@example.invalid")
    meanwhile: list[dict] = []

    def work() -> None:
        with app.app_context():
            meanwhile.append(deliver())

    def while_it_is_sent() -> None:
        other = Thread(target=work)
        other.start()
        other.join(10)

    server.on_data = while_it_is_sent
    assert deliver()["sent"] == 1
    assert [summary["sent"] for summary in meanwhile] == [0]
    assert len(server.ids) == 1


@pytest.mark.parametrize("workers", [2, 4])
def test_runs_at_once_share_the_mails_out(app: Flask, server, workers: int) -> None:
    for number in range(30):
        tell("budget@example.invalid", about=f"item {number}")
    start, summaries = Barrier(workers), []

    def work() -> None:
        with app.app_context():
            start.wait(10)
            summaries.append(deliver_notifications())
            db.session.commit()
            db.session.remove()

    threads = [Thread(target=work) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sum(summary["sent"] for summary in summaries) == 30
    assert len(server.ids) == len(set(server.ids)) == 30


def test_a_run_longer_than_its_time_leaves_the_rest_to_the_next(server, monkeypatch) -> None:
    for number in range(5):
        tell("budget@example.invalid", about=f"item {number}")
    monkeypatch.setattr(jobs, "LONGEST_SECONDS", 1_000)

    def time_is_over() -> None:
        jobs.LONGEST_SECONDS = -1 if len(server.arrived) == 3 else 1_000

    server.on_data = time_is_over
    assert deliver()["sent"] == 3
    jobs.LONGEST_SECONDS = 1_000
    assert deliver()["sent"] == 2


def test_sending_takes_no_lock_while_it_waits_for_the_server(app: Flask, server) -> None:
    """On SQLite another writer would wait for the mail server otherwise."""
    told = []

    def write() -> None:
        with app.app_context():
            told.append(tell("other@example.invalid"))

    def while_it_waits() -> None:
        server.on_data = lambda: None
        writer = Thread(target=write)
        writer.start()
        writer.join(10)

    server.on_data = while_it_waits
    tell("budget@example.invalid")
    assert deliver()["sent"] == 2
    assert told == [None]
