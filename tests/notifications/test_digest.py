"""One mail a day, at 8:30 in Manila, with what has come since the last one (SPEC 10)."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from obcms.calendar.days import in_both_calendars
from obcms.kernel.extensions import db
from obcms.kernel.formats import MANILA
from obcms.notifications.models import Notification
from obcms.notifications.rules.events import declare_event
from obcms.notifications.rules.waits import latest_digest
from tests.notifications.told import a_user, choose, deliver, tell, the_user

pytestmark = pytest.mark.usefixtures("app", "clock")
OTHER = declare_event("test_other", "Something else of a test")


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2031, 1, day, hour, minute, tzinfo=MANILA)


@pytest.mark.parametrize(
    ("now", "last"),
    [
        (at(7, 8, 29), at(6, 8, 30)),
        (at(7, 8, 30), at(7, 8, 30)),
        (at(7, 23, 59), at(7, 8, 30)),
        (at(8, 0, 0), at(7, 8, 30)),
    ],
)
def test_digests_are_due_at_half_past_eight(now: datetime, last: datetime) -> None:
    assert latest_digest(now) == last


@pytest.fixture
def maria() -> None:
    a_user("maria")
    db.session.commit()
    for event in ("test_event", OTHER):
        choose("maria", "digest", event)


def test_what_has_come_since_goes_out_in_one_mail(server, clock, maria) -> None:
    tell(the_user("maria"), "budget@example.invalid")
    clock.shift(60)
    tell(the_user("maria"), event=OTHER, subject="<b>Budget</b> & more", to_do="Look")
    assert deliver()["sent"] == 1  # the address has no choice
    clock.move_to(at(8, 8, 29))
    assert deliver()["sent"] == 0
    clock.move_to(at(8, 8, 30))
    assert deliver()["sent"] == 2
    to, mail = server.arrived[1]
    assert (to, len(server.arrived)) == ("maria@example.invalid", 2)
    assert mail["Subject"] == f"OBCMS: 2 notifications, {in_both_calendars(date(2031, 1, 8))}"
    text = mail.get_body(("plain",)).get_content()
    assert "1. Survey is due" in text
    assert "2. <b>Budget</b> & more" in text
    html = mail.get_body(("html",)).get_content()
    assert "&lt;b&gt;Budget&lt;/b&gt; &amp; more" in html
    assert deliver()["sent"] == 0


def test_what_comes_after_half_past_eight_waits_for_the_next_day(server, clock, maria) -> None:
    clock.move_to(at(8, 8, 30))
    tell(the_user("maria"))
    clock.move_to(at(8, 20))
    assert deliver()["sent"] == 0
    clock.move_to(at(9, 9))
    assert deliver()["sent"] == 1
    assert server.arrived[0][1]["Subject"] == "Survey is due"  # of one, it reads like any other


def test_workers_that_were_down_at_that_hour_send_it_later(server, clock, maria) -> None:
    tell(the_user("maria"))
    tell(the_user("maria"), about="item 2")
    clock.move_to(at(8, 17, 45))
    assert deliver()["sent"] == 2
    assert len(server.arrived) == 1


def test_a_digest_that_was_tried_is_the_same_mail_when_it_is_tried_again(
    server, clock, maria
) -> None:
    server.answers["maria@example.invalid"] = "452 later"
    tell(the_user("maria"))
    tell(the_user("maria"), about="item 2")
    clock.move_to(at(8, 8, 30))
    assert deliver()["put_off"] == 2
    ids = set(db.session.scalars(select(Notification.message_id)))
    db.session.remove()
    assert len(ids) == 1
    tell(the_user("maria"), about="item 3")
    server.answers.clear()
    clock.move_to(at(9, 8, 30))
    assert deliver()["sent"] == 3
    assert len(server.arrived) == 2  # what has come since is a digest of its own
    assert server.ids[1] != server.ids[0]
    assert ids <= set(server.ids)


def test_another_user_has_a_digest_of_their_own(server, clock, maria) -> None:
    a_user("omar")
    db.session.commit()
    choose("omar", "digest")
    tell(the_user("maria"), the_user("omar"))
    tell(the_user("maria"), the_user("omar"), about="item 2")
    clock.shift(timedelta(days=1))
    assert deliver()["sent"] == 4
    assert sorted(server.to) == ["maria@example.invalid", "omar@example.invalid"]


def test_who_no_longer_wants_a_digest_gets_what_waits_at_once(server, clock, maria) -> None:
    tell(the_user("maria"))
    choose("maria", "at_once")
    assert deliver()["sent"] == 1


def test_a_long_digest_names_how_many_more_there_are(server, clock, maria) -> None:
    for number in range(52):
        tell(the_user("maria"), about=f"item {number}", subject=f"Item {number} is due")
    clock.shift(timedelta(days=1))
    assert deliver()["sent"] == 52
    text = server.arrived[0][1].get_body(("plain",)).get_content()
    assert "50. Item 49 is due" in text
    assert "Item 50 is due" not in text
    assert "And 2 more, in your inbox: http://localhost:8000/admin/inbox/" in text
