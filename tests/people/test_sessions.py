"""What ends a session: half an hour of nothing, a new password, being disabled."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from obcms.kernel.audit.models import AuditEntry
from obcms.kernel.extensions import db
from obcms.people.models import User
from tests.conftest import PASSWORD
from tests.people.steps import is_in, sign_in, stranger

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
NEW = "an entirely new password"


def change(user_id: int, **values: object) -> None:
    user = db.session.get_one(User, user_id)
    for name, value in values.items():
        setattr(user, name, value)
    db.session.commit()


def test_thirty_idle_minutes_end_it_and_it_says_so(app, people) -> None:
    client = stranger(app)
    with time_machine.travel(NOW, tick=False) as clock:
        sign_in(client, "viewer")
        for minutes in (30, 60, 90):  # each request begins the half hour anew
            clock.move_to(NOW + timedelta(minutes=minutes))
            assert is_in(client)
        clock.shift(timedelta(minutes=30, seconds=1))
        answer = client.get("/admin/ppa/")
        assert answer.headers["Location"].startswith("/sign-in")
        assert "30 minutes without activity" in client.get(answer.headers["Location"]).text
        assert not is_in(client)


def test_an_idle_form_writes_nothing(app, people) -> None:
    client, told = stranger(app), entries_of_organizations()
    with time_machine.travel(NOW, tick=False) as clock:
        sign_in(client, "administrator")
        clock.shift(timedelta(minutes=31))
        answer = client.post("/admin/organization/new/", data={"acronym": "NEW", "name": "New"})
        assert answer.headers["Location"].startswith("/sign-in")
    assert entries_of_organizations() == told


def entries_of_organizations() -> int:
    entries = db.session.query(AuditEntry).filter_by(table_name="organization").count()
    db.session.commit()  # the session must be idle: SQLite's write lock goes with a transaction
    return entries


@pytest.mark.parametrize("change_of", [{"is_active": False}, {"password_hash": "x"}])
def test_disabling_and_a_new_password_end_every_session_for_good(app, people, change_of) -> None:
    first, second = stranger(app), stranger(app)
    for client in (first, second):
        sign_in(client, "viewer")
        assert is_in(client)
    change(people.viewer, **change_of)
    assert not is_in(first)
    change(people.viewer, is_active=True)
    assert not is_in(first)
    assert not is_in(second)


def test_the_session_of_another_stays(app, people, sign_in_as) -> None:
    other = sign_in_as(people.executive)
    change(people.viewer, is_active=False)
    assert is_in(other)


def test_whoever_changes_the_password_stays_signed_in(app, people) -> None:
    here, elsewhere = stranger(app), stranger(app, "192.0.2.99")
    for client in (here, elsewhere):
        sign_in(client, "viewer")
    form = {"current": PASSWORD, "password": NEW, "again": NEW}
    assert here.post("/account/password", data=form).headers["Location"] == "/account"
    assert "All other sessions of yours have ended" in here.get("/account").text
    assert not is_in(elsewhere)
    assert is_in(here)
    assert sign_in(elsewhere, "viewer").status_code == 422
    assert sign_in(elsewhere, "viewer", NEW).status_code == 302


def test_a_session_from_before_the_stamps_is_none(app, people) -> None:
    client = stranger(app)
    for key in (str(people.viewer), f"{people.viewer}:", "", ":", "x:y"):
        with client.session_transaction() as session:
            session["_user_id"], session["seen_at"] = key, int(datetime.now(UTC).timestamp())
        assert not is_in(client), key


def test_the_trail_holds_no_stamp(app, people) -> None:
    change(people.viewer, is_active=False)
    entries = db.session.query(AuditEntry).filter_by(table_name="user_account").all()
    assert entries
    assert not any("stamp" in entry.changes for entry in entries)
