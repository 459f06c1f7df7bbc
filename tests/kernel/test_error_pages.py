"""An error's page keeps the navigation, and names a reference that the log has."""

import logging
import re

import pytest
from flask import Flask, abort

from obcms.kernel.errors import Forbidden

NAVIGATION = 'aria-label="Main"'


@pytest.fixture
def app(own_app: Flask) -> Flask:
    return own_app


@pytest.fixture
def faulty(app: Flask) -> Flask:
    """The app with addresses that fail, each in its way, and answers as in production."""
    app.config["PROPAGATE_EXCEPTIONS"] = False
    for name, fail in {
        "fault": lambda: 1 / 0,
        "refusal": lambda: (_ for _ in ()).throw(Forbidden("Not for you.")),
        "teapot": lambda: abort(418),
    }.items():
        app.add_url_rule(f"/admin/{name}", name, fail)
        app.add_url_rule(f"/api/{name}/", f"api_{name}", fail)
    return app


def reference(text: str) -> str:
    [found] = re.findall(r"the reference <code>([0-9a-f]{16})</code>", text)
    return found


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/admin/fault", 500),
        ("/admin/refusal", 403),
        ("/admin/teapot", 418),
        ("/admin/user/", 403),
        ("/admin/ppa/999999/", 404),
        ("/nowhere", 404),
        ("/sign-out", 405),
        ("/admin/ppa/?search=%00", 400),
    ],
)
def test_the_page_keeps_the_navigation_and_names_what_the_log_has(
    faulty, people, sign_in_as, caplog, path: str, status: int
) -> None:
    client = sign_in_as(people.viewer)
    with caplog.at_level(logging.WARNING):
        answer = client.get(path)
    assert answer.status_code == status
    assert NAVIGATION in answer.text
    assert "Sign out" in answer.text
    assert reference(answer.text) == answer.headers["X-Request-ID"]
    assert any(reference(answer.text) in record.getMessage() for record in caplog.records)


def test_the_traceback_itself_carries_the_reference(faulty, people, sign_in_as, caplog) -> None:
    answer = sign_in_as(people.viewer).get("/admin/fault")
    [fault] = [record for record in caplog.records if record.exc_info]
    assert reference(answer.text) in fault.getMessage()
    assert "ZeroDivisionError" not in answer.text


def test_a_stranger_gets_no_navigation_but_the_reference(faulty) -> None:
    answer = faulty.test_client().get("/nowhere")
    assert NAVIGATION not in answer.text
    assert reference(answer.text)


def test_a_program_gets_the_reference_too(faulty, caplog) -> None:
    for path in ("/api/fault/", "/api/refusal/", "/api/nothing/"):
        answer = faulty.test_client().get(path)
        assert answer.mimetype == "application/problem+json"
        assert answer.json["reference"] == answer.headers["X-Request-ID"]
        assert answer.json["reference"] in caplog.text


def test_a_line_break_in_an_address_makes_no_second_line_in_the_log(faulty, caplog) -> None:
    faulty.test_client().get("/nowhere%0Aforged: line")
    assert all("\n" not in record.getMessage() for record in caplog.records)


def test_a_fault_under_a_form_is_a_page_and_not_raw_words(
    faulty, people, sign_in_as, monkeypatch
) -> None:
    """Flask-Admin would show the error's own text above the form."""
    monkeypatch.setattr("obcms.people.screens.users.create_user", lambda *_, **__: 1 / 0)
    form = {"username": "x", "role": "viewer", "is_active": "y"}
    answer = sign_in_as(people.administrator).post("/admin/user/new/", data=form)
    assert answer.status_code == 500
    assert "division" not in answer.text
    assert reference(answer.text)
