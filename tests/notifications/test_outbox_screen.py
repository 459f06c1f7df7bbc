"""Administrators see what waits and what was given up, and let it go again."""

import pytest
from sqlalchemy import select

from obcms.kernel.extensions import db
from obcms.notifications.models import Notification
from obcms.notifications.notify import notify
from obcms.notifications.rules.choices import MailState
from tests.notifications.told import deliver, news

OUTBOX = "/admin/notification/"
PROBLEM = "The mail server answered 550 no such user here"


@pytest.fixture
def given_up(people, server, clock) -> int:
    server.answers["budget@example.invalid"] = "550 no such user here"
    notify(news(), ["budget@example.invalid"])
    number = db.session.scalars(select(Notification.id)).one()
    db.session.commit()
    for _ in range(3):
        deliver()
        clock.shift(3_600)
    return number


def test_it_says_in_words_what_stands_in_the_way(given_up, people, sign_in_as) -> None:
    page = sign_in_as(people.administrator).get(OUTBOX).text
    assert PROBLEM in page
    assert "Given up" in page
    assert "Try again</button>" in page
    assert "budget@example.invalid" in page
    assert "/admin/help/notifications" in page


def test_an_administrator_lets_it_go_again(given_up, people, sign_in_as, server) -> None:
    server.answers.clear()
    client = sign_in_as(people.administrator)
    answer = client.post(f"{OUTBOX}{given_up}/again", follow_redirects=True)
    assert "It is sent within a minute or two." in answer.text
    assert deliver()["sent"] == 1
    assert server.to == ["budget@example.invalid"]
    again = client.post(f"{OUTBOX}{given_up}/again", follow_redirects=True)
    assert "This mail is not waiting: sent." in again.text


def test_who_only_reads_lets_nothing_go(given_up, people, sign_in_as) -> None:
    auditor = sign_in_as(people.coa_auditor)
    page = auditor.get(OUTBOX).text
    assert PROBLEM in page
    assert "Try again</button>" not in page
    assert auditor.post(f"{OUTBOX}{given_up}/again").status_code == 403
    assert db.session.get_one(Notification, given_up).state is MailState.GIVEN_UP


def test_without_a_mail_server_the_screen_says_that_mails_wait(people, sign_in_as) -> None:
    page = sign_in_as(people.administrator).get(OUTBOX).text
    assert "No mail server is set" in page


def test_the_list_takes_as_many_queries_for_many_as_for_few(
    people, sign_in_as, count_queries
) -> None:
    client = sign_in_as(people.administrator)

    def counted() -> int:
        with count_queries() as sent:
            client.get(OUTBOX)
        return len(sent)

    notify(news(), ["a@example.invalid"])
    db.session.commit()
    few = counted()
    notify(news(about="other"), [f"u{number}@example.invalid" for number in range(40)])
    db.session.commit()
    assert counted() == few <= 8


def test_what_was_never_tried_offers_no_other_try(people, sign_in_as) -> None:
    notify(news(), ["budget@example.invalid"])
    db.session.commit()
    page = sign_in_as(people.administrator).get(OUTBOX).text
    assert "budget@example.invalid" in page
    assert "Try again</button>" not in page
