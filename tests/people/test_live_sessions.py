"""A session lives while its row does: ended, signed out or run out, it opens nothing at once."""

import re
from datetime import UTC, datetime, timedelta

import time_machine
from flask.testing import FlaskClient
from sqlalchemy import func, select, text

from obcms.kernel.db.types import utc_now
from obcms.kernel.extensions import db
from obcms.people.models import SessionKind, User, UserSession
from obcms.people.screens.session import KEY, SEEN, moment_now
from obcms.people.sessions import begin
from obcms.people.tokens import make_access_token
from tests.conftest import PASSWORD
from tests.people.steps import is_in, sign_in, stranger

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
CHROME = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML) Chrome/141 Safari/537"
ENTRIES = "/api/monitoring/entries/"


def sessions(**where: object) -> list[UserSession]:
    db.session.rollback()
    found = db.session.scalars(select(UserSession).filter_by(**where).order_by(UserSession.id))
    listed = list(found)
    db.session.expunge_all()
    db.session.rollback()
    return listed


def copy_of(client: FlaskClient, app) -> FlaskClient:
    """Another browser with the same cookie, as a thief has it."""
    thief = stranger(app, "198.51.100.66")
    cookie = client.get_cookie("session")
    thief.set_cookie("session", cookie.value)
    return thief


def test_a_signed_out_sessions_copied_cookie_is_dead_even_while_it_polls(app, people) -> None:
    client = stranger(app)
    sign_in(client, "viewer")
    thief, later = copy_of(client, app), copy_of(client, app)
    with time_machine.travel(utc_now(), tick=False) as clock:
        for _ in range(3):
            clock.shift(timedelta(minutes=5))
            assert is_in(thief)
        client.post("/sign-out")
        assert not is_in(thief)
        clock.shift(timedelta(minutes=5))
        assert not is_in(later)
    assert sessions(user_id=people.viewer) == []


def test_a_late_answer_with_the_old_cookie_does_not_sign_in_again(app, people) -> None:
    client = stranger(app)
    sign_in(client, "viewer")
    late = client.get_cookie("session").value
    client.post("/sign-out")
    client.set_cookie("session", late)  # as from a request that was under way
    assert not is_in(client)


def test_twelve_hours_end_it_however_busy(app, people) -> None:
    client = stranger(app)
    with time_machine.travel(NOW, tick=False) as clock:
        sign_in(client, "viewer")
        while clock and utc_now() < NOW + timedelta(hours=11, minutes=40):
            clock.shift(timedelta(minutes=20))
            assert is_in(client)
        clock.shift(timedelta(minutes=20))
        answer = client.get("/admin/")
        assert answer.headers["Location"].startswith("/sign-in")
        assert "after 12 hours" in client.get(answer.headers["Location"]).text


def test_the_account_page_lists_browsers_and_programs(app, people) -> None:
    client = stranger(app, "192.0.2.10")
    client.environ_base["HTTP_USER_AGENT"] = CHROME
    sign_in(client, "viewer")
    app.test_client().post(
        "/api/token/",
        json={"username": "viewer", "password": PASSWORD},
        headers={"User-Agent": "payroll/2.1"},
        environ_base={"REMOTE_ADDR": "192.0.2.77"},
    )
    sign_in(stranger(app, "203.0.113.5"), "executive")
    page = client.get("/account").text
    for told in ("Chrome on Windows", "192.0.2.10", "Program: payroll/2.1", "192.0.2.77"):
        assert told in page
    assert page.count("This one") == 1
    assert "203.0.113.5" not in page
    assert page.count('/end"') == 1  # not the one in front of me


def test_one_is_ended_from_another(app, people) -> None:
    here, there = stranger(app), stranger(app, "192.0.2.99")
    for client in (here, there):
        sign_in(client, "viewer")
    [_, other] = sessions(user_id=people.viewer)
    assert here.post(f"/account/sessions/{other.id}/end").headers["Location"] == "/account"
    assert not is_in(there)
    assert is_in(here)
    assert here.post(f"/account/sessions/{other.id}/end").status_code == 404


def test_nobody_ends_the_session_of_another(app, people) -> None:
    mine, yours = stranger(app), stranger(app)
    sign_in(mine, "administrator")
    sign_in(yours, "viewer")
    [session] = sessions(user_id=people.viewer)
    for number in (session.id, 999_999, 2**31, 2**70):
        assert mine.post(f"/account/sessions/{number}/end").status_code == 404
    assert is_in(yours)


def test_all_others_are_ended_at_once(app, people) -> None:
    here, *others = (stranger(app) for _ in range(4))
    for client in (here, *others):
        sign_in(client, "viewer")
    assert (
        "3 other sessions ended."
        in here.post("/account/sessions/end-others", follow_redirects=True).text
    )
    assert is_in(here)
    assert not any(is_in(client) for client in others)


def test_a_program_ends_with_its_session_in_the_list(app, people) -> None:
    browser, program = stranger(app), app.test_client()
    sign_in(browser, "viewer")
    given = program.post("/api/token/", json={"username": "viewer", "password": PASSWORD}).json
    headers = {"Authorization": f"Bearer {given['access']}"}
    assert program.get(ENTRIES, headers=headers).status_code == 200
    [session] = sessions(kind=SessionKind.PROGRAM)
    assert session.ends_at - session.began_at == timedelta(days=7)
    browser.post(f"/account/sessions/{session.id}/end")
    assert program.get(ENTRIES, headers=headers).status_code == 401
    refreshed = program.post("/api/token/refresh/", json={"refresh": given["refresh"]})
    assert refreshed.status_code == 401


def test_a_browsers_key_is_no_token_and_a_programs_no_cookie(app, people) -> None:
    """Each kind of session opens its own door alone."""
    user = db.session.get_one(User, people.viewer)
    keys = {kind: begin(user, kind, "127.0.0.1", CHROME) for kind in SessionKind}
    made = {kind: make_access_token(user, key) for kind, key in keys.items()}
    identity = user.get_id()
    db.session.commit()
    answers = {}
    for kind, key in keys.items():
        headers = {"Authorization": f"Bearer {made[kind]}"}
        client = app.test_client()
        with client.session_transaction() as session:
            session["_user_id"], session["_fresh"] = identity, True
            session[KEY], session[SEEN] = key, moment_now()
        answers[kind] = is_in(client), client.get(ENTRIES, headers=headers).status_code
    assert answers == {SessionKind.BROWSER: (True, 401), SessionKind.PROGRAM: (False, 200)}
    with client.session_transaction() as session:
        session[KEY] = "made up"
    assert not is_in(client)


def test_the_last_use_is_noted_without_waiting_for_a_writer(app, people) -> None:
    client = stranger(app)
    with time_machine.travel(NOW, tick=False) as clock:
        sign_in(client, "viewer")
        clock.shift(timedelta(minutes=10))
        assert is_in(client)
        [session] = sessions(user_id=people.viewer)
        assert session.used_at == NOW + timedelta(minutes=10)
        clock.shift(timedelta(minutes=10))
        with db.engine.connect() as writer:
            writer.execute(text("UPDATE job_run SET attempts = 0"))  # SQLite's only writer
            assert is_in(client)
            writer.rollback()
        clock.shift(timedelta(minutes=25))
        assert is_in(client)  # however little of it could be noted


def test_a_request_soon_after_another_writes_nothing(app, people, count_queries) -> None:
    client = stranger(app)
    sign_in(client, "viewer")
    with count_queries() as sent:
        assert is_in(client)
    assert not any(statement.startswith("UPDATE") for statement in sent)


def test_a_disabled_user_and_a_new_password_empty_the_list(app, people) -> None:
    old = stranger(app)
    sign_in(old, "viewer")
    form = {"current": PASSWORD, "password": "an entirely new one", "again": "an entirely new one"}
    old.post("/account/password", data=form)
    page = old.get("/account").text
    assert len(re.findall(r"last used", page)) == 1


def test_the_key_stands_nowhere(app, people) -> None:
    client = stranger(app)
    sign_in(client, "viewer")
    with client.session_transaction() as session:
        key = session[KEY]
    stored = db.session.execute(select(UserSession.__table__)).one()
    assert key not in map(str, stored)
    assert db.session.scalar(select(func.count(UserSession.id))) == 1
