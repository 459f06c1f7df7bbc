"""Sign-ins, failed ones, refusals and exports are recorded, and no password ever is."""

from datetime import date
from decimal import Decimal

import pytest
from flask import Flask, abort
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from obcms.kernel.extensions import db
from obcms.kernel.formats import MANILA
from obcms.kernel.permissions import SYSTEM
from obcms.kernel.security.models import EventKind, SecurityEvent
from obcms.people.models import User
from obcms.spending.expenditures import NewExpenditure, post_expenditure
from tests.conftest import PASSWORD
from tests.people.steps import code, sign_in, stranger, with_second_factor
from tests.support.factories import make_ppa, track

SCREEN = "/admin/security-event/"


def events(kind: EventKind | None = None) -> list[SecurityEvent]:
    db.session.rollback()
    query = select(SecurityEvent).order_by(SecurityEvent.id)
    return list(db.session.scalars(query if kind is None else query.filter_by(kind=kind)))


def test_who_signs_in_and_out_from_where_and_in_which_request(app, people) -> None:
    client = stranger(app, "192.0.2.10")
    answer = sign_in(client, " VIEWER ")
    client.post("/sign-out")
    came, went = events()
    assert (came.kind, came.name, came.user_id) == (EventKind.SIGNED_IN, "viewer", people.viewer)
    assert (came.address, came.what) == ("192.0.2.10", "/sign-in")
    assert came.request_id == answer.headers["X-Request-ID"]
    assert (went.kind, went.name) == (EventKind.SIGNED_OUT, "viewer")


def test_a_wrong_password_and_the_lock_after_five(app, people) -> None:
    client = stranger(app, "192.0.2.10")
    for _ in range(8):
        sign_in(client, "viewer", "wrong")
    told = [event.kind for event in events()]
    assert told == [EventKind.SIGN_IN_FAILED] * 5 + [EventKind.LOCKED]
    assert {event.user_id for event in events()} == {people.viewer}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("nobody", "nobody"),
        ("Maria.S", "maria.s"),
        (PASSWORD, "cor… (21 characters)"),
        ("tiger2025xyz", "tig… (12 characters)"),
        ("a\x00b\nc", "abc"),
        ("\u202e" * 30, ""),
        ("x" * 5000, "xxx… (5000 characters)"),
    ],
)
def test_a_typed_name_is_kept_unless_it_may_be_a_password(app, typed: str, kept: str) -> None:
    sign_in(stranger(app), typed, "wrong")
    [event] = events()
    assert (event.name, event.user_id) == (kept, None)


def test_over_the_api_too(app, people) -> None:
    client = app.test_client()
    for password in ("wrong", PASSWORD):
        client.post("/api/token/", json={"username": "viewer", "password": password})
    assert [(event.kind, event.what) for event in events()] == [
        (EventKind.SIGN_IN_FAILED, "/api/token/"),
        (EventKind.TOKEN_GIVEN, "/api/token/"),
    ]
    client.post("/api/token/", json={"username": "\ud800x", "password": "\ud800"})
    assert events()[-1].kind is EventKind.SIGN_IN_FAILED


def test_a_wrong_code_and_a_recovery_code(app, people) -> None:
    _, codes = with_second_factor(people.viewer)
    client = stranger(app)
    sign_in(client, "viewer")
    for typed in ("000000", codes[0]):
        client.post("/sign-in/code", data={"code": typed})
    told = [(event.kind, event.name, event.what) for event in events()]
    assert told == [
        (EventKind.CODE_FAILED, "viewer", "/sign-in/code"),
        (EventKind.RECOVERY_CODE_USED, "viewer", "9 left"),
        (EventKind.SIGNED_IN, "viewer", "/sign-in/code"),
    ]


def test_the_password_alone_is_no_sign_in(app, people) -> None:
    secret, _ = with_second_factor(people.viewer)
    client = stranger(app)
    sign_in(client, "viewer")
    assert events() == []
    client.post("/sign-in/code", data={"code": code(secret)})
    assert [event.kind for event in events()] == [EventKind.SIGNED_IN]


def test_every_refusal_by_screens_verbs_and_api(app, people, sign_in_as, call_as) -> None:
    ppa = make_ppa()
    db.session.commit()
    path = f"/admin/ppa/{ppa.id}/approval/step?action=submit"
    client, program = sign_in_as(people.viewer), call_as(people.viewer)
    refused = [
        client.get("/admin/user/"),
        client.post("/admin/sign-in-rules/", data={"role": "viewer"}),
        client.post(path),
        program.post("/api/monitoring/entries/", json={}),
    ]
    wanted = [answer for answer in refused if answer.status_code == 403]
    assert len(wanted) >= 3
    told = events(EventKind.REFUSED)
    assert [event.request_id for event in told] == [a.headers["X-Request-ID"] for a in wanted]
    assert {event.name for event in told} == {"viewer"}
    assert told[0].what == "GET /admin/user/"


class TestARefusal:
    @pytest.fixture
    def app(self, own_app: Flask) -> Flask:
        """The test adds an address to it."""
        return own_app

    def test_it_keeps_nothing_that_was_begun(self, app, people, sign_in_as) -> None:
        def begin_and_refuse() -> None:
            db.session.get_one(User, people.viewer).full_name = "Changed"
            db.session.flush()
            abort(403)

        app.add_url_rule("/admin/begun", "begun", begin_and_refuse, methods=["POST"])
        assert sign_in_as(people.viewer).post("/admin/begun").status_code == 403
        assert events(EventKind.REFUSED)
        assert db.session.get_one(User, people.viewer).full_name == ""


def test_a_file_that_leaves_is_an_export(app, people, sign_in_as) -> None:
    ppa = make_ppa()
    line = NewExpenditure(date(2025, 2, 3), Decimal(10), "Ink", receipt_name="a", receipt=b"%PDF-1")
    posted = post_expenditure(SYSTEM, track(ppa)["Resources"], line)
    path = f"/admin/ppa/{ppa.id}/expenditures/{posted.id}/receipt"
    db.session.commit()
    client = sign_in_as(people.coa_auditor)
    assert client.get(path).status_code == 200
    client.get("/admin/ppa/")
    [event] = events(EventKind.EXPORTED)
    assert (event.name, event.what) == ("coa_auditor", path)


def test_administrators_and_auditors_read_it_and_nobody_else(app, people, sign_in_as) -> None:
    sign_in(stranger(app, "203.0.113.9"), "intruder", "wrong")
    for name in ("administrator", "coa_auditor"):
        page = sign_in_as(getattr(people, name)).get(SCREEN).text
        assert "intruder" in page
        assert "203.0.113.9" in page
    for name in ("viewer", "executive", "moa_head", "mfbm_analyst", "oobc_staff"):
        assert sign_in_as(getattr(people, name)).get(SCREEN).status_code == 403


def test_the_filters(app, people, sign_in_as) -> None:
    sign_in(stranger(app, "203.0.113.9"), "intruder", "wrong")
    sign_in(stranger(app, "192.0.2.10"), "viewer")
    client = sign_in_as(people.coa_auditor)
    today = events()[0].at.astimezone(MANILA).date()

    def shown(query: str) -> tuple[bool, bool]:
        page = client.get(f"{SCREEN}?{query}").text.split("<tbody>")[1]
        return "203.0.113.9" in page, "192.0.2.10" in page

    assert shown("") == (True, True)
    assert shown("flt_what_happened_is=sign_in_failed") == (True, False)
    assert shown("search=intruder") == (True, False)
    assert shown("search=192.0.2.10") == (False, True)
    assert shown("flt_day_is=2001-01-01") == (False, False)
    assert shown("flt_day_is=yesterday") == (False, False)
    assert shown("flt_day_is=9999-12-31") == (False, False)
    assert shown(f"flt_day_is={today}") == (True, True)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE security_event SET name = 'x'",
        "DELETE FROM security_event",
    ],
)
def test_the_database_itself_refuses_to_change_one(app, people, statement: str) -> None:
    refused(app, statement)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_sqlite_refuses_to_replace_one(app, people) -> None:
    refused(
        app,
        "INSERT OR REPLACE INTO security_event (id, at, kind, name, address, what, request_id) "
        "SELECT id, at, kind, 'x', address, what, request_id FROM security_event",
    )


def refused(app: Flask, statement: str) -> None:
    sign_in(stranger(app), "viewer")
    with pytest.raises(DBAPIError, match="Security events cannot be changed"):
        db.session.execute(text(statement))
    assert events()[0].name == "viewer"
