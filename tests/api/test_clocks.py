"""The machine that made a token may be half a minute ahead of the one that reads it (SPEC 12)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from obcms.kernel.db.types import utc_now
from obcms.kernel.extensions import db
from obcms.people.models import User
from tests.api.conftest import ENTRIES
from tests.support.tokens import access_token, refresh_token


def made_ahead(make: Callable[[User], str], user_id: int, seconds: int) -> str:
    """A token from a machine whose clock is so many seconds ahead."""
    with time_machine.travel(utc_now() + timedelta(seconds=seconds), tick=False):
        token = make(db.session.get_one(User, user_id))
    db.session.rollback()
    return token


@pytest.fixture
def client(app: Flask, people) -> FlaskClient:
    db.session.remove()
    return app.test_client()


CASES = [(3, 200), (28, 200), (40, 401), (600, 401)]


@pytest.mark.parametrize(("seconds", "status"), CASES)
def test_an_access_token(client: FlaskClient, people, seconds: int, status: int) -> None:
    token = made_ahead(access_token, people.moa_staff, seconds)
    answer = client.get(ENTRIES, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == status


@pytest.mark.parametrize(("seconds", "status"), CASES)
def test_a_refresh_token(client: FlaskClient, people, seconds: int, status: int) -> None:
    token = made_ahead(refresh_token, people.moa_staff, seconds)
    assert client.post("/api/token/refresh/", json={"refresh": token}).status_code == status


def test_a_token_from_behind_lives_an_hour_all_the_same(client: FlaskClient, people) -> None:
    token = made_ahead(access_token, people.moa_staff, -3_605)
    assert client.get(ENTRIES, headers={"Authorization": f"Bearer {token}"}).status_code == 200
    token = made_ahead(access_token, people.moa_staff, -3_640)
    assert client.get(ENTRIES, headers={"Authorization": f"Bearer {token}"}).status_code == 401
