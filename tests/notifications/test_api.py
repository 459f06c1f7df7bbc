"""`/api/notifications/`: one's own, marked as read by PATCH."""

import pytest

from obcms.kernel.extensions import db
from obcms.notifications.notify import notify
from obcms.people.models import User
from tests.notifications.told import news

API = "/api/notifications/"


@pytest.fixture
def client(people, call_as):
    staff, viewer = (db.session.get_one(User, one) for one in (people.oobc_staff, people.viewer))
    for number in (1, 2, 3):
        notify(news(about=f"item {number}", subject=f"Item {number} is due"), [staff])
    notify(news(subject="Not for you"), [viewer])
    db.session.commit()
    return call_as(people.oobc_staff)


def subjects(client, query: str = "") -> list[str]:
    return [row["subject"] for row in client.get(API + query).json["results"]]


def test_it_lists_ones_own_the_newest_first(client) -> None:
    assert subjects(client) == ["Item 3 is due", "Item 2 is due", "Item 1 is due"]
    assert subjects(client, "?ordering=id&page_size=2&page=2") == ["Item 3 is due"]
    assert client.get(API).json["count"] == 3


def test_one_has_all_that_the_mail_says(client) -> None:
    newest = client.get(API).json["results"][0]
    one = client.get(f"{API}{newest['id']}/").json
    assert one == newest
    assert one["created_at"] is not None
    assert {name: one[name] for name in ("to_do", "due", "link", "event", "read_at")} == {
        "to_do": "Report its progress.",
        "due": "2031-01-14",
        "link": "/admin/ppa/1/work-items",
        "event": "test_event",
        "read_at": None,
    }


def test_a_patch_marks_it_as_read_and_as_unread_again(client) -> None:
    number = client.get(API).json["results"][0]["id"]
    assert client.patch(f"{API}{number}/", json={"read": True}).json["read_at"] is not None
    assert subjects(client, "?unread=true") == ["Item 2 is due", "Item 1 is due"]
    assert subjects(client, "?unread=false") == ["Item 3 is due"]
    assert client.patch(f"{API}{number}/", json={"read": False}).json["read_at"] is None


def test_events_are_filtered(client) -> None:
    assert len(subjects(client, "?event=test_event")) == 3
    assert subjects(client, "?event=other") == []


def test_somebody_elses_does_not_exist(client, people, call_as) -> None:
    number = client.get(API).json["results"][0]["id"]
    other = call_as(people.administrator)
    assert other.get(f"{API}{number}/").status_code == 404
    assert other.patch(f"{API}{number}/", json={"read": True}).status_code == 404
    assert client.get(f"{API}{number}/").json["read_at"] is None


@pytest.mark.parametrize("body", [{}, {"read": "yes"}, {"read": True, "subject": "x"}])
def test_anything_else_is_refused(client, body) -> None:
    number = client.get(API).json["results"][0]["id"]
    assert client.patch(f"{API}{number}/", json=body).status_code == 422


def test_the_list_takes_as_many_queries_for_many_as_for_few(client, people, count_queries) -> None:
    def counted() -> int:
        with count_queries() as sent:
            client.get(API)
        return len(sent)

    few = counted()
    staff = db.session.get_one(User, people.oobc_staff)
    for number in range(20):
        notify(news(about=f"more {number}"), [staff])
    db.session.commit()
    assert counted() == few
