"""Common passwords and one's own name are refused, at every door where a password is set."""

import os
import subprocess
import sys

import pytest
from click import ClickException

from obcms.kernel.config import PROJECT_ROOT
from obcms.kernel.errors import Invalid
from obcms.operations.first_start import ensure_administrator
from obcms.people.rules.passwords import refuse_weak
from tests.conftest import PASSWORD
from tests.people.user_forms import LIST, stored

ABOUT = ("amina.ali", "Amina Ali", "amina@moh.example")
COMMON = [
    "password1234",
    "P@ssw0rd1234",
    "iloveyou1234",
    "qwertyuiop12",
    "1q2w3e4r5t6y",
    "123456789012",
    "letmeinletmein",
    "trustno1trustno1",
    "Welcome12345!",
    "admin12345678",
    "changeme12345",
    "philippines2025",
    "bangsamoro2025",
    "aaaaaaaaaaaaaaaa",
    "abcabcabcabcabc",
]
OWN = [
    "amina.aliamina.ali",
    "Amina Ali Amina Ali",
    "ila.anima.ila.anima",
    "AMINA-ALI-2025",
    "aminaaminaamina",
    "amina@moh.example",
    "2025aliamina!!",
]
GOOD = [
    PASSWORD,
    "an entirely new one",
    "EkEpp7Ax0-3tFUStoVtO",
    "ulan at araw sa bukid",
    "é" * 4 + "żółwie biegną",
]


@pytest.mark.parametrize("password", COMMON)
def test_what_somebody_would_try_first_is_refused(password: str) -> None:
    with pytest.raises(Invalid, match="among the first that somebody would try"):
        refuse_weak(password, ABOUT)


@pytest.mark.parametrize("password", OWN)
def test_ones_own_name_is_refused_however_it_is_turned(password: str) -> None:
    with pytest.raises(Invalid, match=r"made of your own name|among the first"):
        refuse_weak(password, ABOUT)


@pytest.mark.parametrize("password", GOOD)
def test_a_good_one_is_taken(password: str) -> None:
    refuse_weak(password, ABOUT)


@pytest.mark.parametrize("password", ["password1234", "viewerviewer"])
def test_at_every_door(app, people, sign_in_as, password: str) -> None:
    own = sign_in_as(people.viewer)
    form = {"current": PASSWORD, "password": password, "again": password}
    assert own.post("/account/password", data=form).status_code == 422
    office = sign_in_as(people.administrator)
    path = f"{LIST}{people.viewer}/password"
    assert office.post(path, data={"password": password}).status_code == 422
    for command in (["password", "viewer"], ["create", "viewer.viewer", "--role", "viewer"]):
        run = app.test_cli_runner().invoke(args=["user", *command, "--password", password])
        assert run.exit_code == 1
    assert stored(people.viewer).has_password(PASSWORD)


def test_the_first_administrator_too(app, monkeypatch) -> None:
    monkeypatch.setenv("ADMIN_PASSWORD", "password1234")
    with pytest.raises(ClickException, match="The administrator could not be created"):
        ensure_administrator()


def test_a_long_password_is_looked_at_in_no_time() -> None:
    refuse_weak("correct horse battery " + "aB3$" * 250, ABOUT)


def test_the_verdict_is_the_same_in_every_process() -> None:
    """A word counts for less the later it stands, so that it must always stand at its place."""
    names = ["sulu-omar-anna", "Juan Cruz"]
    tell = f"from obcms.people.rules import passwords as p; print(p.OFFICE, p._words({names}))"
    told = {
        subprocess.run(
            [sys.executable, "-c", tell],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=PROJECT_ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(told) == 1
