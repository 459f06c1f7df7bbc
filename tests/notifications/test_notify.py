"""Nobody is told the same twice, and telling many takes no more statements than telling few."""

from datetime import date
from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import select, text

from obcms.kernel.extensions import db
from obcms.notifications.models import Notification
from obcms.notifications.notify import notify, notify_all
from obcms.notifications.rules.choices import MailState
from obcms.notifications.rules.news import LONGEST_SUBJECT, LONGEST_WHAT
from obcms.people.models import User
from tests.notifications.told import a_user, news
from tests.support.growth import at_two_sizes

pytestmark = pytest.mark.usefixtures("app")


def outbox() -> list[Notification]:
    return list(db.session.scalars(select(Notification).order_by(Notification.id)))


def test_a_recipient_is_told_once_for_each_threshold() -> None:
    maria, omar = a_user("maria"), a_user("omar")
    assert notify(news(), [maria, omar, "budget@example.invalid"]) == 3
    assert notify(news(subject="Said otherwise"), [maria, omar, "budget@example.invalid"]) == 0
    assert notify(news(threshold="2 days"), [maria]) == 1
    assert notify(news(about="item 2"), [maria]) == 1
    db.session.commit()
    told = [(one.recipient, one.about, one.threshold, one.subject) for one in outbox()]
    assert told == [
        (f"user {maria.id}", "item 1", "5 days", "Survey is due"),
        (f"user {omar.id}", "item 1", "5 days", "Survey is due"),
        ("mail budget@example.invalid", "item 1", "5 days", "Survey is due"),
        (f"user {maria.id}", "item 1", "2 days", "Survey is due"),
        (f"user {maria.id}", "item 2", "5 days", "Survey is due"),
    ]
    assert {one.state for one in outbox()} == {MailState.WAITING}


def test_it_is_part_of_the_transaction_of_who_tells() -> None:
    notify(news(), ["budget@example.invalid"])
    db.session.rollback()
    assert outbox() == []


def test_an_address_that_a_recipient_has_is_not_told_twice() -> None:
    maria = a_user("maria", email="Maria@Example.invalid")
    told = ["maria@example.INVALID", " other@example.invalid ", "Other@example.invalid", " "]
    assert notify(news(), [maria, *told]) == 2
    assert [one.recipient for one in outbox()] == [f"user {maria.id}", "mail other@example.invalid"]


def test_a_disabled_user_is_told_nothing() -> None:
    gone = a_user("gone", is_active=False)
    assert notify(news(), [gone]) == 0


def test_texts_are_cleaned_and_bounded() -> None:
    hostile = "A\r\nBcc: x@y.z\0\u202eB" + "c" * 300
    notify(news(subject=hostile, what="1\r\n2\0" + "x" * 9_000, due=date(2031, 1, 7)), ["a@b.c"])
    (row,) = outbox()
    assert row.subject.startswith("A Bcc: x@y.z B")
    assert (len(row.subject), row.subject[-1]) == (LONGEST_SUBJECT, "…")
    assert row.what.startswith("1\n2")
    assert len(row.what) == LONGEST_WHAT
    assert row.due == date(2031, 1, 7)


@pytest.mark.parametrize(
    "wrong",
    [
        {"event": "unheard of"},
        {"about": "x" * 121},
        {"link": "https://elsewhere.invalid/"},
        {"link": "//elsewhere.invalid/"},
        {"link": "/" + "x" * 500},
    ],
)
def test_what_cannot_be_told_is_a_fault_of_the_teller(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"event|key|path|link"):
        notify(news(**wrong), ["a@b.c"])


def test_many_recipients_take_as_many_statements_as_few(count_queries) -> None:
    def recipients(size: int) -> list[int]:
        return [a_user(f"u{size}-{number}").id for number in range(size)]

    def tell(ids: list[int]) -> None:
        users = db.session.scalars(select(User).where(User.id.in_(ids))).all()
        assert notify(news(), users) == len(ids)

    assert at_two_sizes(count_queries, recipients, tell) == (2, 2)


def test_more_than_one_statement_holds_are_all_told() -> None:
    told = [(news(about=f"item {number}"), ["a@b.c"]) for number in range(4_100)]
    assert notify_all(told) == 4_100
    assert notify_all(told) == 0


def test_each_mail_has_a_message_id_of_its_own(app: Flask) -> None:
    app.config["OBCMS"].default_from_email = "OBCMS <obcms@oobc.example>"
    notify(news(), ["a@b.c", "d@e.f"])
    ids = [one.message_id for one in outbox()]
    assert len(set(ids)) == 2
    assert all(one.startswith("<") and one.endswith("@oobc.example>") for one in ids)


def test_it_is_no_matter_of_the_audit_trail() -> None:
    before = db.session.scalar(text("SELECT count(*) FROM audit_entry"))
    notify(news(), ["a@b.c"])
    assert db.session.scalar(text("SELECT count(*) FROM audit_entry")) == before


def test_two_at_once_tell_it_once(app: Flask) -> None:
    """On PostgreSQL both statements are under way before either transaction ends."""
    both, told = Barrier(2), []

    def tell() -> None:
        with app.app_context():
            both.wait(10)
            told.append(notify(news(), ["a@b.c"]))
            db.session.commit()

    threads = [Thread(target=tell) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(told) == [0, 1]
    assert len(outbox()) == 1
