"""What `flask up` does to the database before anything runs; each step may be done again."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import click
from flask_migrate import upgrade
from sqlalchemy import select

from obcms.demo.load import load_demo
from obcms.kernel.audit.origin import Origin, acting
from obcms.kernel.cli.transaction import clear_failure
from obcms.kernel.db import revisions
from obcms.kernel.extensions import db
from obcms.kernel.permissions import SYSTEM, Role
from obcms.people.models import User
from obcms.people.users import create_user, generate_password


@dataclass(frozen=True, slots=True)
class Administrator:
    """`password` is known only where it was made up at this start."""

    username: str
    password: str | None = None
    given: bool = False

    @property
    def made_up(self) -> bool:
        """Whether the password was made at this start and has to be shown."""
        return self.password is not None

    def lines(self) -> list[str]:
        """What to print about signing in."""
        if self.password is not None:
            said = f"{self.password}   (shown only this once)"
        elif self.given:
            said = "as given in ADMIN_PASSWORD"
        else:
            said = f"as set before (`flask user password {self.username}` sets a new one)"
        return [f"  User      {self.username}", f"  Password  {said}"]


def migrate() -> None:
    """Brings the database to the newest revision."""
    with _step("The database could not be set up"):
        refuse_newer_database()
        upgrade(str(revisions.MIGRATIONS))


def refuse_newer_database() -> None:
    """Raises ClickException where newer code has migrated the database already."""
    current = revisions.current()
    if current is not None and current not in revisions.known():
        raise click.ClickException(
            f"it is at revision {current}, which this version of OBCMS does not know. "
            "Start the newer version that made it, or restore a backup from before"
        )


def ensure_administrator() -> Administrator:
    """The first administrator; made from ADMIN_USERNAME and ADMIN_PASSWORD if none is there."""
    administrators = select(User.username).where(User.role == Role.ADMINISTRATOR, User.is_active)
    known = db.session.scalars(administrators.order_by(User.id)).first()
    if known is not None:
        return Administrator(known)
    username = os.environ.get("ADMIN_USERNAME") or "admin"
    given = os.environ.get("ADMIN_PASSWORD")
    password = given or generate_password()
    with _step("The administrator could not be created"), acting(Origin(None, "cli: flask up")):
        create_user(SYSTEM, {"username": username, "role": Role.ADMINISTRATOR}, password)
        db.session.commit()
    return Administrator(username, None if given else password, bool(given))


def load_demo_data() -> None:
    """Loads the demonstration data, where there is nothing yet."""
    with _step("The demonstration data could not be loaded (--no-demo starts without it)"):
        load_demo()
        db.session.commit()


@contextmanager
def _step(failure: str) -> Iterator[None]:
    """Ends the start in one line that says which step failed and why."""
    try:
        with clear_failure():
            yield
    except click.ClickException as error:
        raise click.ClickException(f"{failure}: {error.message}") from None
    except Exception as error:
        db.session.rollback()
        raise click.ClickException(f"{failure}: {type(error).__name__}: {error}") from error
