"""Words for what people do when they sign in."""

import re
from datetime import timedelta
from typing import Any

import pyotp
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from obcms.kernel.db.types import utc_now
from obcms.kernel.extensions import db
from obcms.people.models import SecondFactor, User
from obcms.people.second_factor import new_secret, turn_on
from tests.conftest import PASSWORD
from tests.support.clients import OwnContextClient

WRONG = "The user name or the password is wrong."
SET_UP = "/account/second-factor"
LOCKED = "There were too many failed attempts"


def stranger(app: Flask, address: str = "192.0.2.10") -> FlaskClient:
    """A browser at this address in which nobody is signed in."""
    app.test_client_class = OwnContextClient
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = address
    return client


def sign_in(client: FlaskClient, username: str, password: str = PASSWORD, **query: str) -> Any:
    form = {"username": username, "password": password}
    return client.post("/sign-in", data=form, query_string=query)


def is_in(client: FlaskClient) -> bool:
    """Whether the dashboard opens."""
    return client.get("/admin/").status_code == 200


def with_second_factor(user_id: int) -> tuple[str, list[str]]:
    """Turns it on for the user; returns the secret and the recovery codes."""
    secret = new_secret()
    user = db.session.get_one(User, user_id)
    # With the code before the present one, so that a test can use the present one; in one moment,
    # since it is good no longer when half a minute ends between.
    with time_machine.travel(utc_now(), tick=False):
        codes = turn_on(user, secret, code(secret, -1))
    db.session.commit()
    return secret, codes


def code(secret: str, steps: int = 0) -> str:
    """What the app shows now, or some steps of half a minute later."""
    return pyotp.TOTP(secret).at(utc_now() + steps * timedelta(seconds=30))


def has_second_factor(user_id: int) -> bool:
    db.session.rollback()
    found = db.session.scalar(select(SecondFactor.user_id).filter_by(user_id=user_id))
    db.session.rollback()
    return found is not None


def offered_secret(client: FlaskClient) -> str:
    """The secret that the set-up page shows."""
    shown = re.search(r'<code class="secret">(.*?)</code>', client.get(SET_UP).text)[1]
    return re.sub(r"<[^>]*>|\s", "", shown)


def set_up(client: FlaskClient, typed: str, password: str = PASSWORD) -> Any:
    """Enters a code on the set-up page."""
    return client.post(SET_UP, data={"code": typed, "current": password})
