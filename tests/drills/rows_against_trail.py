"""Rows against the trail: after a day's work they agree, and what SQL changes is named (SPEC 9).

`python -m tests.drills.rows_against_trail [OPERATIONS] [CHANGES] [SEED] [DATABASE_URL]`
"""

import json
import random
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from flask import Flask, current_app
from flask_migrate import upgrade
from sqlalchemy import select

from obcms.approval.models import ApprovalStep
from obcms.kernel.extensions import db
from obcms.kernel.permissions import CONFINED_ROLES, Role
from obcms.organizations.models import Organization
from obcms.people.models import SecondFactor, User
from obcms.ppas.models import PPA
from obcms.spending.models import Receipt
from tests.drills.office import OPERATIONS, work
from tests.drills.tampering import change, tamper
from tests.support.apps import MIGRATIONS, make_app

OPERATIONS_BY_DEFAULT, CHANGES_BY_DEFAULT = 2_000, 50
# What nobody may do unseen, before the changes at random.
FORBIDDEN = (
    (User, "password_hash"),
    (User, "role"),
    (SecondFactor, "secret"),
    (PPA, "approval_status"),
    (ApprovalStep, "taken_by_name"),
    (Receipt, "content"),
)


def hire() -> None:
    """Two people of each role; those of a ministry are at MOH."""
    moh = db.session.scalars(select(Organization).where(Organization.acronym == "MOH")).one()
    for role in Role:
        for number in (1, 2):
            user = User(username=f"{role.value}{number}", role=role, password_hash="-")
            user.organization = moh if role in CONFINED_ROLES else None
            db.session.add(user)
    db.session.commit()


def named_rows() -> set[str]:
    """What the command names, as table and key."""
    found = current_app.test_cli_runner().invoke(args=["audit", "verify", "--rows", "--json"])
    if found.exception and not isinstance(found.exception, SystemExit):
        raise found.exception
    verdict = json.loads(found.output)
    assert verdict["problem"] is None, verdict["problem"]
    assert found.exit_code == (1 if verdict["rows"] else 0)
    return {f"{row['table']} {row['row']}" for row in verdict["rows"]}


def check_work(dice: random.Random, operations: int) -> tuple[Counter[str], Counter[str]]:
    """A day's work, after which no row differs; how often each operation was done and refused."""
    done, refused = work(dice, operations)
    db.session.remove()
    assert named_rows() == set()
    return done, refused


def check_changes(dice: random.Random, changes: int) -> set[str]:
    """Changes by SQL, each of which is named; returns the rows."""
    changed: set[str] = set()
    wanted = [
        lambda one=one: change(dice, one[0].__table__, one[0].__table__.c[one[1]])
        for one in FORBIDDEN
    ]
    for number in range(changes):
        name = wanted[number]() if number < len(wanted) else None
        name = name or tamper(dice)
        changed.add(name)
        assert name in named_rows(), name
    assert named_rows() == changed
    return changed


def missing(done: Counter[str]) -> list[str]:
    """The operations that were never done."""
    return sorted({operation.__name__ for operation in OPERATIONS} - done.keys())


@contextmanager
def office(url: str | None) -> Iterator[Flask]:
    """An app with people on a fresh database."""
    with TemporaryDirectory() as folder:
        home = Path(folder)
        uri = url or f"sqlite:///{home / 'drill.sqlite3'}"
        app = make_app(uri, home)
        with app.app_context():
            upgrade(str(MIGRATIONS))
            hire()
            yield app
            db.session.remove()
            db.engine.dispose()


def main(operations: int, changes: int, seed: int, url: str | None) -> None:
    """Prints what was done, refused and changed; fails where a row is not as it must be."""
    dice = random.Random(seed)
    with office(url):
        done, refused = check_work(dice, operations)
        click.echo(f"done {dict(done)}\nrefused {dict(refused)}")
        assert not missing(done), missing(done)
        changed = check_changes(dice, changes)
        click.echo(f"{operations} operations: no row differs. {changes} changes by SQL: all named.")
        click.echo("\n".join(sorted(changed)))


if __name__ == "__main__":
    given = sys.argv[1:]
    numbers = [int(one) for one in given[:3]]
    defaults = [OPERATIONS_BY_DEFAULT, CHANGES_BY_DEFAULT, 1]
    main(*(numbers + defaults[len(numbers) :]), given[3] if len(given) > 3 else None)
