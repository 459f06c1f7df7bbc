"""A password that an administrator set on a screen is good for one sign-in."""

import pytest

from obcms.kernel.extensions import db
from obcms.kernel.permissions import SYSTEM, Role
from obcms.people.demands import demand
from tests.conftest import PASSWORD
from tests.people.steps import is_in, sign_in, stranger, with_second_factor
from tests.people.user_forms import LIST, stored

GIVEN, OWN = "typed by the administrator", "an entirely new password"
PAGE = "/account/password"


@pytest.fixture
def given(people, sign_in_as) -> None:
    path = f"{LIST}{people.viewer}/password"
    assert sign_in_as(people.administrator).post(path, data={"password": GIVEN}).status_code == 200


def change(client, current: str, new: str):
    return client.post(PAGE, data={"current": current, "password": new, "again": new})


def test_nothing_opens_before_it_is_changed(app, people, given) -> None:
    client = stranger(app)
    assert sign_in(client, "viewer", GIVEN).status_code == 302
    for path in ("/admin/", "/account", "/account/second-factor", "/admin/ppa/"):
        assert client.get(path).headers["Location"] == PAGE, path
    assert client.post("/account/sessions/end-others").headers["Location"] == PAGE
    assert "An administrator has chosen your present password" in client.get(PAGE).text
    refused = change(client, GIVEN, GIVEN)
    assert refused.status_code == 422
    assert "another password than the one you were given" in refused.text
    assert change(client, GIVEN, OWN).headers["Location"] == "/account"
    assert is_in(client)
    assert not stored(people.viewer).must_change_password


def test_a_program_waits_for_it_too(app, people, given) -> None:
    client = app.test_client()
    answer = client.post("/api/token/", json={"username": "viewer", "password": GIVEN})
    assert answer.status_code == 401
    assert "choose a password of your own" in answer.json["detail"]


def test_a_new_users_made_up_password_is_of_that_kind(app, people, sign_in_as) -> None:
    office = sign_in_as(people.administrator)
    form = {"username": "amina", "role": "viewer", "is_active": "y"}
    address = office.post(f"{LIST}new/", data=form).headers["Location"]
    shown = office.post(address, data={"password": ""}).text
    password = shown.split('shown-password">')[1].split("<")[0]
    client = stranger(app)
    sign_in(client, "amina", password)
    assert client.get("/admin/").headers["Location"] == PAGE


def test_after_it_comes_the_second_factor(app, people, given) -> None:
    demand(SYSTEM, {Role.VIEWER})
    db.session.commit()
    client = stranger(app)
    sign_in(client, "viewer", GIVEN)
    assert client.get("/admin/").headers["Location"] == PAGE
    change(client, GIVEN, OWN)
    assert client.get("/admin/").headers["Location"] == "/account/second-factor"


def test_the_operators_passwords_stay(app, people) -> None:
    arguments = ["user", "password", "viewer", "--password", GIVEN]
    assert app.test_cli_runner().invoke(args=arguments).exit_code == 0
    client = stranger(app)
    sign_in(client, "viewer", GIVEN)
    assert is_in(client)


def test_ones_own_change_asks_for_nothing_more(app, people) -> None:
    with_second_factor(people.executive)
    client = stranger(app)
    sign_in(client, "viewer")
    change(client, PASSWORD, OWN)
    assert is_in(client)
