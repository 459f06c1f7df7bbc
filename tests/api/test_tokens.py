"""Only a fresh, genuine access token of somebody who may still come in opens the API (SPEC 12)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import jwt
import pyotp
import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from obcms.kernel.audit.models import AuditEntry
from obcms.kernel.db.types import utc_now
from obcms.kernel.extensions import db
from obcms.kernel.permissions import SYSTEM, Role
from obcms.people.models import SecondFactorDemand, User
from obcms.people.users import set_password
from tests.api.conftest import ENTRIES
from tests.conftest import PASSWORD
from tests.people.steps import with_second_factor
from tests.support.tokens import access_token, tokens


@pytest.fixture
def client(app: Flask, people) -> FlaskClient:
    db.session.remove()
    return app.test_client()


def obtain(client: FlaskClient, **given: str) -> Any:
    named = {"username": "moa_staff", "password": PASSWORD}
    return client.post("/api/token/", json=named | given)


def status(client: FlaskClient, token: str) -> int:
    answer = client.get(ENTRIES, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200 or answer.mimetype == "application/problem+json"
    return answer.status_code


def refresh(client: FlaskClient, token: str) -> int:
    return client.post("/api/token/refresh/", json={"refresh": token}).status_code


def test_an_access_token_lasts_an_hour_and_a_refresh_token_a_week(client) -> None:
    with time_machine.travel(utc_now(), tick=False) as clock:
        tokens = obtain(client).json
        clock.shift(timedelta(minutes=59))
        assert status(client, tokens["access"]) == 200
        clock.shift(timedelta(minutes=2))
        assert status(client, tokens["access"]) == 401
        clock.shift(timedelta(days=6))
        assert refresh(client, tokens["refresh"]) == 200
        clock.shift(timedelta(days=1))
        assert refresh(client, tokens["refresh"]) == 401


def test_a_refresh_token_opens_nothing_and_an_access_token_buys_nothing(client) -> None:
    tokens = obtain(client).json
    assert status(client, tokens["refresh"]) == 401
    assert refresh(client, tokens["access"]) == 401


FORGERIES: dict[str, Callable[[dict[str, Any], str], str]] = {
    "another key": lambda claims, _secret: jwt.encode(claims, "k" * 64, "HS256"),
    "no algorithm": lambda claims, _secret: jwt.encode(claims, None, "none"),
    "another algorithm": lambda claims, secret: jwt.encode(claims, secret, "HS512"),
    "another user's id": lambda claims, secret: jwt.encode(
        claims | {"sub": str(int(claims["sub"]) + 1)}, secret, "HS256"
    ),
    "no session": lambda claims, secret: jwt.encode(
        {name: value for name, value in claims.items() if name != "sid"}, secret, "HS256"
    ),
    "an odd id": lambda claims, secret: jwt.encode(claims | {"sub": "1 or 1"}, secret, "HS256"),
    "an id too large": lambda claims, secret: jwt.encode(
        claims | {"sub": "9" * 30}, secret, "HS256"
    ),
    "cut": lambda claims, secret: jwt.encode(claims, secret, "HS256")[:-3],
    "nothing": lambda _claims, _secret: "",
    "not a token": lambda _claims, _secret: "a.b.c",
}


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES.keys())
def test_forged_tokens_are_refused(app: Flask, client, forge: Callable[..., str]) -> None:
    token = obtain(client).json["access"]
    secret = app.config["JWT_SECRET_KEY"]
    claims = jwt.decode(token, secret, ["HS256"])
    assert status(client, jwt.encode(claims, secret, "HS256")) == 200
    assert status(client, forge(claims, secret)) == 401


@pytest.mark.parametrize("change", ["password", "disabled"])
def test_both_die_with_the_password_and_with_the_user(client, people, change: str) -> None:
    tokens = obtain(client).json
    user = db.session.get_one(User, people.moa_staff)
    if change == "password":
        set_password(SYSTEM, user, "another long password")
    else:
        user.is_active = False
    db.session.commit()
    assert status(client, tokens["access"]) == 401
    assert refresh(client, tokens["refresh"]) == 401
    user = db.session.get_one(User, people.moa_staff)
    user.is_active = True
    db.session.commit()
    assert status(client, tokens["access"]) == 401


def test_a_session_is_no_token(people, sign_in_as) -> None:
    browser = sign_in_as(people.administrator)
    assert browser.get("/admin/").status_code == 200
    assert browser.get(ENTRIES).status_code == 401
    assert browser.post(ENTRIES, json={}).status_code == 401


def test_a_wrong_name_and_a_wrong_password_look_the_same(client) -> None:
    answers = [obtain(client, username=name, password="no") for name in ("moa_staff", "nobody")]
    assert [answer.status_code for answer in answers] == [401, 401]
    first, second = (answer.json | {"reference": ""} for answer in answers)
    assert first == second


def test_five_failures_lock(client) -> None:
    for _ in range(5):
        assert obtain(client, password="no").status_code == 401
    answer = obtain(client)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0


def test_a_second_factor_is_asked_for(client, people) -> None:
    secret, _ = with_second_factor(people.moa_staff)
    db.session.remove()
    assert obtain(client).status_code == 401
    assert obtain(client, code="000000").status_code == 401
    later = utc_now() + timedelta(seconds=90)  # the set-up used the present code up
    with time_machine.travel(later, tick=False):
        code = pyotp.TOTP(secret).at(later)
        assert obtain(client, code=code).status_code == 200
        assert obtain(client, code=code).status_code == 401


def test_a_role_that_needs_one_gets_no_token_without(app: Flask, client, people) -> None:
    user = db.session.get_one(User, people.moa_staff)
    with app.test_request_context():
        pair = tokens(user)
    db.session.add(SecondFactorDemand(role=Role.MOA_STAFF))
    db.session.commit()
    assert obtain(client).status_code == 401
    assert (status(client, pair[0]), refresh(client, pair[1])) == (401, 401)


def test_refusals_are_in_plain_words_and_name_the_scheme(client) -> None:
    answer = client.get(ENTRIES)
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    [problem] = client.get("/api/nothing/").json["problems"]
    assert problem == {"message": "There is nothing at this address.", "pointer": ""}


def test_cookies_are_not_looked_at(app: Flask, people, sign_in_as) -> None:
    """A browser's session neither helps a program nor gets in its way."""
    db.session.add(SecondFactorDemand(role=Role.MOA_STAFF))
    with app.test_request_context():
        token = access_token(db.session.get_one(User, people.viewer))
    db.session.commit()
    browser = sign_in_as(people.outsider)  # who would be led to set up a second factor
    answer = browser.get(ENTRIES, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert obtain(browser, username="viewer").status_code == 200


def test_a_recovery_code_is_used_up_in_its_owners_name(client, people) -> None:
    _, recovery_codes = with_second_factor(people.moa_staff)
    db.session.remove()
    assert obtain(client, code=recovery_codes[0]).status_code == 200
    assert obtain(client, code=recovery_codes[0]).status_code == 401
    query = select(AuditEntry).filter_by(table_name="recovery_code", action="delete")
    [entry] = db.session.scalars(query)
    assert (entry.actor_name, entry.ip_address) == ("moa_staff", "127.0.0.1")
