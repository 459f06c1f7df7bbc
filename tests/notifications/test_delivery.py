"""Mails go out once each; those that cannot go wait, and hold up nobody else's (SPEC 10)."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from obcms.kernel.db.types import utc_now
from obcms.kernel.extensions import db
from obcms.kernel.jobs.models import JobRun
from obcms.kernel.jobs.runner import JobFailed
from obcms.notifications import jobs
from obcms.notifications.jobs import did_nothing
from obcms.notifications.models import Notification
from obcms.notifications.rules.choices import MailState
from obcms.notifications.rules.waits import LEASE
from tests.notifications.told import a_user, choose, deliver, set_active, tell
from tests.support.mail_server import BREAK_OFF

pytestmark = pytest.mark.usefixtures("app", "clock")


def states() -> dict[str, MailState]:
    rows = db.session.execute(select(Notification.recipient, Notification.state)).all()
    db.session.remove()
    return {name: state for name, state in rows}


def test_each_recipient_gets_a_mail_once(server) -> None:
    tell(a_user("maria"), "budget@example.invalid")
    assert deliver() == {
        "sent": 2,
        "put_off": 0,
        "given_up": 0,
        "not_wanted": 0,
        "errors": [],
        "waiting": 0,
    }
    assert server.to == ["maria@example.invalid", "budget@example.invalid"]
    assert deliver()["sent"] == 0
    assert len(server.arrived) == 2
    assert set(states().values()) == {MailState.SENT}


def test_a_run_with_nothing_to_do_leaves_no_row(server) -> None:
    deliver()
    assert db.session.scalars(select(JobRun.job).where(JobRun.started_at.is_not(None))).all() == []
    tell("budget@example.invalid")
    deliver()
    assert len(db.session.scalars(select(JobRun).where(JobRun.started_at.is_not(None))).all()) == 1


def test_without_a_server_they_wait_and_the_run_ends_well(app: Flask) -> None:
    tell(a_user("maria"))
    summary = deliver()
    assert (summary["waiting"], summary["sent"]) == (1, 0)
    assert "EMAIL_HOST is not set" in summary["reason"]
    assert did_nothing(summary)
    assert set(states().values()) == {MailState.WAITING}


def next_wait() -> timedelta:
    """How long the outbox waits for its next try."""
    waiting = Notification.state == MailState.WAITING
    earliest = db.session.scalar(select(func.min(Notification.next_try_at)).where(waiting))
    db.session.remove()
    return earliest - utc_now()


def test_while_the_server_is_down_they_wait_longer_and_longer_and_go_later(
    app: Flask, server, clock
) -> None:
    app.config["OBCMS"].email_port = 1  # nothing listens there
    tell("one@example.invalid", "two@example.invalid")
    for minutes in (1, 5, 15, 15):
        summary = deliver()
        assert (summary["put_off"], summary["waiting"]) == (2, 2)
        assert [error["code"] for error in summary["errors"]] == ["mail server"]
        assert next_wait() == timedelta(minutes=minutes)
        assert deliver()["put_off"] == 0  # none of them is due
        clock.shift(next_wait())
    app.config["OBCMS"].email_port = server.port
    assert deliver()["sent"] == 2
    assert sorted(server.to) == ["one@example.invalid", "two@example.invalid"]


def test_a_server_that_refuses_the_sender_is_out_of_order_for_all(server) -> None:
    server.sender = "550 not you"
    tell("one@example.invalid", "two@example.invalid")
    summary = deliver()
    assert (summary["put_off"], summary["given_up"]) == (2, 0)
    assert "does not take mail from obcms@localhost: 550 not you" in summary["errors"][0]["error"]


def test_an_address_refused_for_good_is_given_up_after_three_attempts(server, clock) -> None:
    server.answers["gone@example.invalid"] = "550 5.1.1 no such user here"
    tell("gone@example.invalid", "here@example.invalid")
    summary = deliver()
    assert (summary["sent"], summary["put_off"]) == (1, 1)  # it does not hold up the other
    problem = "The mail server answered 550 5.1.1 no such user here"
    assert summary["errors"] == [{"code": "gone@example.invalid", "error": problem}]
    for minutes, outcome in ((5, "put_off"), (60, "given_up")):
        assert next_wait() == timedelta(minutes=minutes)
        clock.shift(next_wait())
        assert deliver()[outcome] == 1
    row = db.session.scalars(select(Notification).where(Notification.attempts == 3)).one()
    assert (row.state, row.problem) == (MailState.GIVEN_UP, problem)
    db.session.remove()
    clock.shift(timedelta(days=30))
    assert deliver()["waiting"] == 0
    assert server.to == ["here@example.invalid"]


def test_an_address_refused_for_now_goes_later(server, clock) -> None:
    server.answers["full@example.invalid"] = "452 mailbox full"
    tell("full@example.invalid")
    for _ in range(10):
        assert deliver()["put_off"] == 1
        clock.shift(timedelta(hours=4))
    del server.answers["full@example.invalid"]
    assert deliver()["sent"] == 1


def test_a_mail_at_which_the_server_breaks_off_does_not_hold_up_the_others(server) -> None:
    server.answers["bad@example.invalid"] = BREAK_OFF
    tell("bad@example.invalid")
    tell("good@example.invalid", about="item 2")
    summary = deliver()
    assert (summary["sent"], summary["put_off"]) == (1, 1)
    assert "broke off" in summary["errors"][0]["error"]


def test_a_failing_database_is_no_refusal_of_a_mail(app: Flask, server, clock, monkeypatch) -> None:
    """The run fails, and the next sends it, with all its tries before it is given up."""

    def away(_parcel, _now):
        raise OperationalError("SELECT 1", {}, Exception("the database is away"))

    tell("budget@example.invalid")
    with monkeypatch.context() as broken:
        broken.setattr(jobs, "write_letter", away)
        with pytest.raises(JobFailed, match="database is away"):
            deliver()
    db.session.rollback()
    clock.shift(LEASE)
    assert deliver()["sent"] == 1
    assert db.session.scalars(select(Notification.refusals)).all() == [0]


def test_a_mail_that_cannot_be_written_does_not_hold_up_the_others(server, monkeypatch) -> None:
    written = jobs.write_letter

    def half_broken(parcel, now):
        if parcel.to == "bad@example.invalid":
            raise LookupError("no such date")
        return written(parcel, now)

    monkeypatch.setattr(jobs, "write_letter", half_broken)
    tell("bad@example.invalid", "good@example.invalid")
    summary = deliver()
    assert (summary["sent"], summary["put_off"]) == (1, 1)
    assert (
        summary["errors"][0]["error"] == "The mail could not be written: LookupError: no such date"
    )


def test_a_user_who_was_disabled_or_has_no_address_gets_no_mail(server) -> None:
    tell(a_user("maria"), a_user("omar"), a_user("ana", email=""))
    set_active("maria", False)
    assert deliver()["not_wanted"] == 2
    assert server.to == ["omar@example.invalid"]
    set_active("maria", True)
    assert deliver()["sent"] == 0  # what is old by now does not come after all


def test_what_a_user_wants_only_in_the_inbox_is_not_mailed(server) -> None:
    tell(a_user("maria"), "budget@example.invalid")
    choose("maria", "inbox")  # after it was told, and before it is delivered
    summary = deliver()
    assert (summary["sent"], summary["not_wanted"]) == (1, 1)
    assert server.to == ["budget@example.invalid"]
    assert set(states().values()) == {MailState.SENT, MailState.NOT_WANTED}
