"""Five failures for a name at an address lock it there for half an hour, and nowhere else."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import func, select

from obcms.kernel.extensions import db
from obcms.people.attempts import Locked, count_attempt
from obcms.people.models import SignInAttempt, User
from tests.people.steps import LOCKED, WRONG, is_in, sign_in, stranger

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


def failures(name: str = "administrator") -> int | None:
    found = db.session.scalar(select(SignInAttempt.failures).filter_by(username=name))
    db.session.rollback()
    return found


@pytest.mark.parametrize("name", ["administrator", "nobody at all"])
def test_the_sixth_guess_is_not_even_checked(app, people, name: str) -> None:
    client = stranger(app)
    for _ in range(5):
        assert WRONG in sign_in(client, name, "wrong").text
    for password in ("wrong", "correct horse battery"):
        answer = sign_in(client, name, password)
        assert answer.status_code == 429
        assert LOCKED in answer.text
    assert not is_in(client)


def test_nobody_is_locked_out_from_elsewhere(app, people) -> None:
    attacker, owner = stranger(app, "198.51.100.66"), stranger(app, "192.0.2.10")
    for _ in range(7):
        sign_in(attacker, "administrator", "wrong")
    assert sign_in(owner, "administrator").status_code == 302
    assert is_in(owner)
    assert sign_in(attacker, "administrator").status_code == 429


def test_spelling_the_name_differently_gives_no_more_guesses(app, people) -> None:
    client = stranger(app)
    for name in (
        "administrator",
        "Administrator",
        " ADMINISTRATOR",
        "admin\x00istrator",
        "ａdministrator",
    ):
        sign_in(client, name, "wrong")
    assert sign_in(client, "administrator").status_code == 429


def test_the_lock_ends_after_thirty_minutes(app, people) -> None:
    client = stranger(app)
    with time_machine.travel(NOW, tick=False) as clock:
        for _ in range(5):
            sign_in(client, "administrator", "wrong")
        clock.move_to(NOW + timedelta(minutes=29, seconds=59))
        assert sign_in(client, "administrator").status_code == 429
        clock.move_to(NOW + timedelta(minutes=30))
        assert WRONG in sign_in(client, "administrator", "wrong").text
        assert failures() == 1
        assert sign_in(client, "administrator").status_code == 302


def test_signing_in_starts_the_count_anew(app, people) -> None:
    client = stranger(app)
    for _ in range(4):
        sign_in(client, "administrator", "wrong")
    assert failures() == 4
    assert sign_in(client, "administrator").status_code == 302
    assert failures() is None


def test_a_disabled_users_right_password_counts_as_a_failure(app, people) -> None:
    db.session.get_one(User, people.viewer).is_active = False
    db.session.commit()
    client = stranger(app)
    for _ in range(5):
        assert WRONG in sign_in(client, "viewer").text
    assert sign_in(client, "viewer").status_code == 429


def test_guesses_sent_at_once_do_not_pass_five(app, people) -> None:
    form = {"username": "administrator", "password": "wrong"}
    app.test_client_class = FlaskClient  # each thread begins without a context, as a server's do

    def guess(_: int) -> int:
        return app.test_client().post("/sign-in", data=form).status_code

    db.session.remove()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(guess, range(16)))
    assert sorted(answers) == [422] * 5 + [429] * 11


def test_old_rows_are_pruned(app) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        for number in range(3):
            count_attempt(f"old{number}", "192.0.2.10")
        db.session.commit()
        clock.move_to(NOW + timedelta(days=1, seconds=1))
        count_attempt("new", "192.0.2.10")
        db.session.commit()
    assert db.session.scalars(select(SignInAttempt.username)).all() == ["new"]


def test_old_failures_do_not_add_up(app) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        for hour in range(12):
            clock.move_to(NOW + timedelta(hours=hour))
            count_attempt("administrator", "192.0.2.10")
        for _ in range(4):
            count_attempt("administrator", "192.0.2.10")
        with pytest.raises(Locked):
            count_attempt("administrator", "192.0.2.10")
    assert db.session.scalar(select(func.count()).select_from(SignInAttempt)) == 1
