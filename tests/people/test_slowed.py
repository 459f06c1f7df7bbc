"""Many wrong names from one address are slowed down, and no lock: the office goes on working."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from obcms.kernel.extensions import db
from obcms.kernel.security.models import EventKind, SecurityEvent
from obcms.people.attempts import MOST_NAMES, WITHIN
from tests.people.steps import is_in, sign_in, stranger

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
OFFICE = "192.0.2.10"


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def spray(app, count: int = MOST_NAMES, address: str = OFFICE) -> None:
    attacker = stranger(app, address)
    for number in range(count):
        assert sign_in(attacker, f"nobody-{number}", "wrong").status_code == 422


def test_many_wrong_names_get_429_with_retry_after(app, people, clock) -> None:
    spray(app)
    for name, password in (("nobody-x", "wrong"), ("viewer", "correct horse battery")):
        answer = sign_in(stranger(app, OFFICE), name, password)
        assert answer.status_code == 429
        assert 0 < int(answer.headers["Retry-After"]) <= WITHIN.total_seconds() + 1
        assert "Very many sign-ins have failed from where you are" in answer.text


def test_over_the_api_too(app, people, clock) -> None:
    spray(app)
    answer = app.test_client().post(
        "/api/token/",
        json={"username": "viewer", "password": "correct horse battery"},
        environ_base={"REMOTE_ADDR": OFFICE},
    )
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0


def test_who_is_signed_in_there_goes_on_and_others_elsewhere_come_in(app, people, clock) -> None:
    colleague = stranger(app, OFFICE)
    sign_in(colleague, "executive")
    spray(app)
    assert is_in(colleague)
    assert colleague.get("/admin/ppa/").status_code == 200
    assert sign_in(stranger(app, "198.51.100.7"), "viewer").status_code == 302


def test_it_is_over_when_it_said_and_nothing_is_locked(app, people, clock) -> None:
    spray(app)
    answer = sign_in(stranger(app, OFFICE), "viewer")
    for _ in range(20):  # asking meanwhile does not make it longer
        assert sign_in(stranger(app, OFFICE), "viewer").status_code == 429
    clock.shift(timedelta(seconds=int(answer.headers["Retry-After"])))
    assert sign_in(stranger(app, OFFICE), "viewer").status_code == 302


def test_a_few_mistyped_names_hinder_nobody(app, people, clock) -> None:
    spray(app, MOST_NAMES - 1)
    assert sign_in(stranger(app, OFFICE), "viewer").status_code == 302


def test_ones_own_mistyped_password_is_not_another_name(app, people, clock) -> None:
    spray(app, MOST_NAMES - 1)
    sign_in(stranger(app, OFFICE), "viewer", "wrong")
    assert sign_in(stranger(app, OFFICE), "viewer").status_code == 302


def test_many_people_who_sign_in_at_eight_hinder_nobody(app, people, clock) -> None:
    """Right passwords are no failures, also where a code comes next."""
    for number in range(MOST_NAMES + 5):
        name = "viewer" if number % 2 else "executive"
        assert sign_in(stranger(app, OFFICE), name).status_code == 302


def test_it_is_told_once(app, people, clock) -> None:
    spray(app)
    for _ in range(5):
        sign_in(stranger(app, OFFICE), "viewer")
    query = select(func.count()).where(SecurityEvent.kind == EventKind.SLOWED)
    assert db.session.scalar(query) == 1
