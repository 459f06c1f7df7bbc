"""How a command gets a password without showing it to the machine's other accounts."""

import re

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select

from obcms.kernel.extensions import db
from obcms.people.models import User

TYPED = "an entirely new password"


@pytest.fixture(params=["create", "password"])
def run(app: Flask, request: pytest.FixtureRequest):
    """Runs the command, as one who typed or sent the input."""
    runner = app.test_cli_runner()
    arguments = ["user", request.param, "amina"]
    if request.param == "create":
        arguments += ["--role", "viewer"]
    else:
        user = User(username="amina", role="viewer", password_hash="x")
        db.session.add(user)
        db.session.commit()

    def run(*more: str, typed: str | None = None) -> Result:
        return runner.invoke(args=[*arguments, *more], input=typed)

    return run


def password_is(expected: str) -> bool:
    db.session.rollback()
    return db.session.scalars(select(User)).one().has_password(expected)


def test_without_the_option_it_is_asked_for_twice(run) -> None:
    result = run(typed=f"{TYPED}\n{TYPED}\n")
    assert result.exit_code == 0
    assert "Password" in result.stderr
    assert TYPED not in result.output
    assert password_is(TYPED)


def test_typed_differently_it_is_refused(run) -> None:
    result = run(typed=f"{TYPED}\nsomething else\n")
    assert result.exit_code == 1
    assert "The two passwords differ." in result.stderr


@pytest.mark.parametrize("typed", ["\n", None])
def test_an_empty_answer_or_nobody_there_has_one_made_up(run, typed) -> None:
    result = run(typed=typed)
    [made_up] = re.findall(r"Password, shown only now: (\S{16,})\n", result.stdout)
    assert password_is(made_up)


def test_a_dash_reads_standard_input(run) -> None:
    result = run("--password", "-", typed=f"{TYPED}\n")
    assert (result.exit_code, result.stderr) == (0, "")
    assert password_is(TYPED)


def test_a_dash_without_input_is_no_password(run) -> None:
    assert "at least 12 characters" in run("--password", "-", typed="").stderr


def test_the_plain_form_stays_and_warns(run) -> None:
    result = run("--password", TYPED)
    assert result.exit_code == 0
    assert result.stderr.startswith("Warning: ")
    assert TYPED not in result.output
    assert password_is(TYPED)
