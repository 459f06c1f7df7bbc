"""The second factor: turning it on and off, and signing in with it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from obcms.kernel.audit.models import AuditAction, AuditEntry
from obcms.kernel.errors import Conflict
from obcms.kernel.extensions import db
from obcms.people.models import RecoveryCode, User
from obcms.people.second_factor import new_secret, passes, turn_on
from tests.conftest import PASSWORD
from tests.people.steps import (
    LOCKED,
    WRONG,
    code,
    has_second_factor,
    is_in,
    offered_secret,
    set_up,
    sign_in,
    stranger,
    with_second_factor,
)

NOW = datetime(2026, 3, 2, 8, 0, 10, tzinfo=UTC)
CODE_PAGE = "/sign-in/code"


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def enter_code(client, typed: str):
    return client.post(CODE_PAGE, data={"code": typed})


def test_a_stranger_gets_no_code_page(app, people) -> None:
    with_second_factor(people.viewer)
    client = stranger(app)
    assert client.get(CODE_PAGE).headers["Location"] == "/sign-in"
    assert enter_code(client, "123456").headers["Location"] == "/sign-in"


def test_the_password_alone_opens_nothing(app, people) -> None:
    with_second_factor(people.viewer)
    client = stranger(app)
    answer = sign_in(client, "viewer", next="/admin/ppa/")
    assert answer.headers["Location"] == "/sign-in/code?next=/admin/ppa/"
    for path in ("/admin/", "/account", "/account/second-factor/off"):
        assert client.get(path).headers["Location"].startswith("/sign-in?"), path


def test_a_wrong_password_says_nothing_about_the_second_factor(app, people) -> None:
    with_second_factor(people.viewer)
    assert WRONG in sign_in(stranger(app), "viewer", "wrong").text


def test_the_code_lets_in(app, people, clock) -> None:
    secret, _ = with_second_factor(people.viewer)
    client = stranger(app)
    address = sign_in(client, "viewer", next="/admin/ppa/").headers["Location"]
    answer = client.post(address, data={"code": f" {code(secret)[:3]} {code(secret)[3:]} "})
    assert answer.headers["Location"] == "/admin/ppa/"
    assert is_in(client)


@pytest.mark.parametrize(("steps", "right"), [(-2, False), (0, True), (1, True), (2, False)])
def test_one_step_either_side(app, people, clock, steps: int, right: bool) -> None:
    secret, _ = with_second_factor(people.viewer)
    client = stranger(app)
    sign_in(client, "viewer")
    assert enter_code(client, code(secret, steps)).status_code == (302 if right else 422)
    assert is_in(client) is right


def test_a_code_works_once(app, people, clock) -> None:
    secret, _ = with_second_factor(people.viewer)
    first, second = stranger(app), stranger(app)
    for client in (first, second):
        sign_in(client, "viewer")
    assert enter_code(first, code(secret, 1)).status_code == 302
    assert enter_code(second, code(secret, 1)).status_code == 422
    assert enter_code(second, code(secret)).status_code == 422  # older than the one used
    clock.shift(timedelta(seconds=60))
    assert enter_code(second, code(secret)).status_code == 302


@pytest.mark.parametrize(
    "typed", ["", "000000", "12345", "１２３４５６", "\x00", "x" * 9999, "é" * 6]
)
def test_what_is_no_code(app, people, typed: str) -> None:
    with_second_factor(people.viewer)
    client = stranger(app)
    sign_in(client, "viewer")
    assert enter_code(client, typed).status_code == 422
    assert not is_in(client)


def test_wrong_codes_lock_and_the_password_does_not_unlock(app, people, clock) -> None:
    secret, _ = with_second_factor(people.viewer)
    client = stranger(app)
    for _ in range(5):
        sign_in(client, "viewer")
        assert enter_code(client, "000000").status_code == 422
    answer = enter_code(client, code(secret))
    assert answer.status_code == 429
    assert LOCKED in answer.text
    assert sign_in(client, "viewer").status_code == 429
    assert not is_in(client)


def test_five_minutes_for_the_code(app, people, clock) -> None:
    secret, _ = with_second_factor(people.viewer)
    client = stranger(app)
    sign_in(client, "viewer")
    clock.shift(timedelta(minutes=5))
    assert client.get(CODE_PAGE).status_code == 200
    clock.shift(timedelta(seconds=1))
    assert enter_code(client, code(secret)).headers["Location"] == "/sign-in"
    assert not is_in(client)


def test_a_user_disabled_between_the_steps_stays_out(app, people, clock) -> None:
    secret, _ = with_second_factor(people.viewer)
    client = stranger(app)
    sign_in(client, "viewer")
    db.session.get_one(User, people.viewer).is_active = False
    db.session.commit()
    assert enter_code(client, code(secret)).headers["Location"] == "/sign-in"


def test_a_recovery_code_works_once(app, people) -> None:
    _, codes = with_second_factor(people.viewer)
    assert len(set(codes)) == 10
    for typed, status in ((codes[3].upper().replace("-", " "), 302), (codes[3], 422)):
        client = stranger(app)
        sign_in(client, "viewer")
        assert enter_code(client, typed).status_code == status
    assert db.session.scalar(select(func.count(RecoveryCode.id))) == 9
    assert codes[0] not in db.session.scalars(select(RecoveryCode.code_hash)).all()
    [used] = db.session.scalars(
        select(AuditEntry).where(
            AuditEntry.table_name == "recovery_code", AuditEntry.action == AuditAction.DELETE
        )
    )
    assert used.changes.keys() == {"id", "user_id"}


@pytest.mark.parametrize("kind", ["code", "recovery code"])
def test_used_twice_at_once_it_works_once(app, people, kind: str) -> None:
    secret, codes = with_second_factor(people.viewer)
    typed = code(secret) if kind == "code" else codes[0]
    db.session.remove()

    def use(_: int) -> bool:
        with app.app_context():
            right = passes(db.session.get_one(User, people.viewer), typed)
            db.session.commit()
            return right

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(use, range(8))) == 1


def test_one_users_recovery_code_is_no_use_to_another(app, people) -> None:
    _, codes = with_second_factor(people.viewer)
    with_second_factor(people.executive)
    assert not passes(db.session.get_one(User, people.executive), codes[0])


def test_turning_it_on(app, people, clock) -> None:
    client, other = stranger(app), stranger(app)
    for each in (client, other):
        sign_in(each, "viewer")
    page = client.get("/account/second-factor").text
    assert "<svg" in page
    secret = offered_secret(client)
    assert offered_secret(client) == secret
    assert set_up(client, "000000").status_code == 422
    assert not has_second_factor(people.viewer)
    answer = set_up(client, code(secret))
    assert answer.text.count("<li><code>") == 10
    assert has_second_factor(people.viewer)
    assert is_in(client)
    assert not is_in(other)
    with client.session_transaction() as session:
        assert "offered_secret" not in session
    assert client.get("/account/second-factor").headers["Location"].endswith("/off")
    sign_in(other, "viewer")
    assert enter_code(other, code(secret)).status_code == 422  # the code that turned it on


def test_it_is_not_turned_on_over_one_that_is_on(app, people, clock) -> None:
    user = db.session.get_one(User, people.viewer)
    first, second = new_secret(), new_secret()
    turn_on(user, first, code(first))
    with pytest.raises(Conflict, match="Your second factor is turned on already"):
        turn_on(user, second, code(second))
    clock.shift(timedelta(seconds=30))
    assert passes(user, code(first))


@pytest.mark.parametrize("wrong", ["password", "code"])
def test_turning_it_off_takes_both(app, people, clock, wrong: str) -> None:
    secret, _ = with_second_factor(people.viewer)
    client = stranger(app)
    sign_in(client, "viewer")
    enter_code(client, code(secret))
    clock.shift(timedelta(seconds=60))
    form = {"current": PASSWORD, "code": code(secret)}
    refused = form | ({"current": "wrong"} if wrong == "password" else {"code": "000000"})
    assert client.post("/account/second-factor/off", data=refused).status_code == 422
    assert has_second_factor(people.viewer)
    answer = client.post("/account/second-factor/off", data=form)
    assert answer.headers["Location"] == "/account"
    assert not has_second_factor(people.viewer)
    assert is_in(client)
    assert sign_in(stranger(app), "viewer").headers["Location"] == "/admin/"
    assert db.session.scalar(select(func.count(RecoveryCode.id))) == 0


def test_the_trail_tells_of_it_without_the_secret(app, people) -> None:
    secret, _ = with_second_factor(people.viewer)
    passes(db.session.get_one(User, people.viewer), code(secret))
    db.session.commit()
    entries = db.session.query(AuditEntry).filter_by(table_name="second_factor").all()
    told = ["hmac(secret)", "turned_on_at", "user_id"]
    assert [sorted(entry.changes) for entry in entries] == [told]
    assert secret not in str(entries[0].changes)
