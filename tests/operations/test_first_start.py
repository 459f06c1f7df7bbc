"""What `flask up` does before anything runs, and how it says what went wrong."""

import click
import pytest
from sqlalchemy import select

from obcms.kernel.audit.models import AuditEntry
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Role
from obcms.operations import first_start
from obcms.operations.first_start import ensure_administrator, load_demo_data
from obcms.people.models import User

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.delenv("ADMIN_USERNAME", raising=False)
    monkeypatch.delenv("ADMIN_PASSWORD", raising=False)
    return monkeypatch


def test_the_first_start_makes_an_administrator_and_later_ones_do_not() -> None:
    made = ensure_administrator()
    user = db.session.scalars(select(User)).one()
    assert (user.username, user.role) == ("admin", Role.ADMINISTRATOR)
    assert user.has_password(made.password)
    assert made.lines()[1] == f"  Password  {made.password}   (shown only this once)"
    of_users = select(AuditEntry).where(AuditEntry.table_name == "user_account")
    entry = db.session.scalars(of_users).one()
    assert entry.actor_name == "cli: flask up"
    again = ensure_administrator()
    assert (again.username, again.password) == ("admin", None)
    assert "as set before" in again.lines()[1]


def test_the_name_and_the_password_can_be_given(environment) -> None:
    environment.setenv("ADMIN_USERNAME", "boss")
    environment.setenv("ADMIN_PASSWORD", "correct horse battery")
    made = ensure_administrator()
    assert made.lines() == ["  User      boss", "  Password  as given in ADMIN_PASSWORD"]
    assert db.session.scalars(select(User)).one().has_password("correct horse battery")


def test_a_renamed_administrator_is_not_joined_by_another() -> None:
    ensure_administrator()
    db.session.scalars(select(User)).one().username = "boss"
    db.session.commit()
    assert ensure_administrator().username == "boss"
    assert len(db.session.scalars(select(User)).all()) == 1


def test_a_short_password_stops_the_start_in_one_line(environment) -> None:
    environment.setenv("ADMIN_PASSWORD", "short")
    with pytest.raises(click.ClickException) as stopped:
        ensure_administrator()
    assert stopped.value.message == (
        "The administrator could not be created: A password has at least 12 characters."
    )


def test_demonstration_data_that_fails_stops_the_start_in_one_line(monkeypatch) -> None:
    def load() -> None:
        raise FileNotFoundError("gaab_fy2025.csv")

    monkeypatch.setattr(first_start, "load_demo", load)
    with pytest.raises(click.ClickException) as stopped:
        load_demo_data()
    assert stopped.value.message == (
        "The demonstration data could not be loaded (--no-demo starts without it): "
        "FileNotFoundError: gaab_fy2025.csv"
    )
