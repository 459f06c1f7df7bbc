"""Users see their own notifications, and nobody else's; opening one marks it as read."""

import pytest
from sqlalchemy import select

from obcms.kernel.audit.models import AuditEntry
from obcms.kernel.extensions import db
from obcms.notifications.inbox import choose_ways
from obcms.notifications.models import Notification, NotificationPreference
from obcms.notifications.notify import notify
from obcms.people.models import User
from tests.notifications.told import EVENT, news

INBOX = "/admin/inbox/"


@pytest.fixture
def told(people) -> list[int]:
    """Three pieces of news for the OOBC staff, and one for a viewer; the numbers of the first."""
    staff, viewer = (db.session.get_one(User, one) for one in (people.oobc_staff, people.viewer))
    for number in (1, 2, 3):
        notify(news(about=f"item {number}", subject=f"Item {number} <i>is</i> due"), [staff])
    notify(news(subject="Not for you"), [viewer])
    query = select(Notification.id).where(Notification.user_id == people.oobc_staff)
    ids = list(db.session.scalars(query.order_by(Notification.id)))
    db.session.commit()
    return ids


@pytest.fixture
def client(told, people, sign_in_as):
    return sign_in_as(people.oobc_staff)


def is_read(notification_id: int) -> bool:
    row = db.session.get_one(Notification, notification_id)
    read = row.read_at is not None
    db.session.remove()
    return read


def test_it_shows_ones_own_the_newest_first(client) -> None:
    page = client.get(INBOX).text
    places = [page.index(f"Item {number} &lt;i&gt;is&lt;/i&gt; due") for number in (3, 2, 1)]
    assert places == sorted(places)
    assert "Not for you" not in page
    assert page.count(">Unread</span>") == 3


def test_every_page_counts_what_is_unread(client, told) -> None:
    for address in (INBOX, "/admin/", "/admin/ppa/"):
        assert 'aria-label="Inbox, 3 unread"' in client.get(address).text
    client.post(f"{INBOX}{told[0]}/open")
    assert 'aria-label="Inbox, 2 unread"' in client.get("/admin/").text


def test_the_count_takes_one_query_however_much_there_is(client, people, count_queries) -> None:
    def counted() -> int:
        with count_queries() as sent:
            client.get(INBOX)
        return len(sent)

    few = counted()
    staff = db.session.get_one(User, people.oobc_staff)
    for number in range(30):
        notify(news(about=f"more {number}"), [staff])
    db.session.commit()
    assert counted() == few <= 7
    assert 'aria-label="Inbox, 33 unread"' in client.get(INBOX).text


def test_opening_one_marks_it_as_read_and_leads_to_the_thing(client, told) -> None:
    answer = client.post(f"{INBOX}{told[0]}/open")
    assert (answer.status_code, answer.location) == (302, "/admin/ppa/1/work-items")
    assert [is_read(one) for one in told] == [True, False, False]


def test_one_is_marked_as_read_and_as_unread_again(client, told) -> None:
    for read in (True, False):
        client.post(f"{INBOX}{told[1]}/mark", data={"read": "1" if read else "0"})
        assert [is_read(one) for one in told] == [False, read, False]


def test_mark_all_leaves_what_came_after_the_page_was_shown(client, told) -> None:
    answer = client.post(f"{INBOX}read", data={"newest": told[1]}, follow_redirects=True)
    assert "2 notifications marked as read." in answer.text
    assert [is_read(one) for one in told] == [True, True, False]


def test_unread_ones_are_shown_alone(client, told) -> None:
    client.post(f"{INBOX}{told[0]}/open")
    page = client.get(f"{INBOX}?unread=1").text
    assert "Item 3" in page
    assert "Item 1" not in page


def test_an_empty_inbox_says_what_will_appear_there(people, sign_in_as) -> None:
    page = sign_in_as(people.moa_staff).get(INBOX).text
    assert "Nothing has come for you yet." in page
    assert 'aria-label="Inbox, nothing unread"' in page
    assert "Mark all as read" not in page


@pytest.mark.parametrize("page", ["0", "-1", "99999999999999999999", "x"])
def test_a_page_from_nowhere_shows_one_that_is_there(client, page: str) -> None:
    answer = client.get(f"{INBOX}?page={page}")
    assert answer.status_code == 200
    assert "Item 3" in answer.text


@pytest.mark.parametrize("action", ["open", "mark"])
def test_somebody_elses_does_not_exist(told, people, sign_in_as, action: str) -> None:
    other = sign_in_as(people.administrator)
    assert other.post(f"{INBOX}{told[0]}/{action}", data={"read": "1"}).status_code == 404
    assert not is_read(told[0])
    assert other.post(f"{INBOX}99999999999999/{action}").status_code == 404


def test_mark_all_is_of_ones_own(told, people, sign_in_as) -> None:
    sign_in_as(people.administrator).post(f"{INBOX}read", data={"newest": 10**9})
    assert not any(map(is_read, told))


def ways(user_id: int) -> dict[str, str]:
    rows = select(NotificationPreference).where(NotificationPreference.user_id == user_id)
    found = {row.event: row.way.value for row in db.session.scalars(rows)}
    db.session.remove()
    return found


def test_one_chooses_on_the_account_page_how_to_hear_of_each_kind(client, people) -> None:
    page = client.get("/account").text
    assert "Something of a test" in page
    client.post(f"{INBOX}ways", data={EVENT: "digest", "csrf_token": "as every form has"})
    assert ways(people.oobc_staff) == {EVENT: "digest"}
    assert '<option value="digest" selected>' in client.get("/account").text
    client.post(f"{INBOX}ways", data={EVENT: "at_once"})
    assert ways(people.oobc_staff) == {EVENT: "at_once"}


def test_the_trail_tells_what_was_chosen(client, people) -> None:
    client.post(f"{INBOX}ways", data={EVENT: "digest"})
    client.post(f"{INBOX}ways", data={EVENT: "inbox"})
    client.post(f"{INBOX}ways", data={EVENT: "inbox"})  # nothing new
    query = select(AuditEntry).where(AuditEntry.table_name == "notification_preference")
    insert, update = db.session.scalars(query.order_by(AuditEntry.id))
    assert insert.changes["way"] == [None, "digest"]
    assert (update.changes["way"], update.actor_name) == (["digest", "inbox"], "oobc_staff")


@pytest.mark.parametrize("wrong", [{EVENT: "by pigeon"}, {"unheard_of": "inbox"}])
def test_a_choice_that_there_is_not_is_refused(client, people, wrong) -> None:
    answer = client.post(f"{INBOX}ways", data=wrong, follow_redirects=True)
    assert "There is no such choice." in answer.text
    assert ways(people.oobc_staff) == {}


def test_choices_are_of_each_user(told, people) -> None:
    choose_ways(db.session.get_one(User, people.viewer), {EVENT: "inbox"})
    db.session.commit()
    assert ways(people.oobc_staff) == {}
