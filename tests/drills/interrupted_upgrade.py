"""An upgrade on SQLite that is killed at any statement leaves the file as it was (SPEC 9).

`python -m tests.drills.interrupted_upgrade [EVERY]` kills it at each statement, or every so many.
"""

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from flask_migrate import upgrade
from sqlalchemy import create_engine, event, text

from obcms.kernel.extensions import db
from tests.drills.contents import Contents, contents
from tests.migrations.test_history import BEFORE, fill
from tests.support.apps import MIGRATIONS, make_app

KILLED = 9
FINISHED = 20  # after one kill in so many the upgrade is tried again, and completes
# What is made anew by each upgrade: moments, and random numbers.
ANEW = {"at", "created_at", "updated_at", "stamp", "changes"}
Held = tuple[str, Contents, list[list[str]]]


class Statements:
    """Counts what is sent to the database; the process ends before the statement of that number."""

    def __init__(self, last: int | None = None) -> None:
        self.count, self.last = 0, last

    def __call__(self, *_: object) -> None:
        """Called before each statement, and before the commit."""
        self.count += 1
        if self.count == self.last:
            os._exit(KILLED)


def upgraded(path: Path, statements: Statements) -> None:
    """Brings the file to the newest revision."""
    app = make_app(f"sqlite:///{path}", path.parent)
    with app.app_context():
        for moment in ("before_cursor_execute", "commit"):
            event.listen(db.engine, moment, statements)
        upgrade(str(MIGRATIONS))
        db.engine.dispose()


def killed(path: Path, number: int) -> int:
    """The exit code of a process that upgrades and is killed at the statement."""
    child = os.fork()
    if child == 0:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        try:
            upgraded(path, Statements(number))
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def held(path: Path) -> Held:
    """The revision, the rows, and the definitions of a file."""
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        revision = connection.scalar(text("SELECT version_num FROM alembic_version"))
        defined = connection.scalars(text("SELECT sql FROM sqlite_master ORDER BY name")).all()
        found = revision, contents(connection), [_parts(one or "") for one in defined]
    engine.dispose()
    return found


def _parts(definition: str) -> list[str]:
    """A definition's lines, as Alembic writes constraints in no certain order."""
    return sorted(line.strip().rstrip(",") for line in definition.splitlines())


def lasting(found: Held) -> Held:
    """The same without what each upgrade makes anew."""
    revision, tables, defined = found
    rows = {
        name: [{key: row[key] for key in row.keys() - ANEW} for row in table]
        for name, table in tables.items()
    }
    return revision, rows, defined


def filled(home: Path) -> Path:
    """A file at an old revision, with records."""
    path = home / "old.sqlite3"
    app = make_app(f"sqlite:///{path}", home)
    with app.app_context():
        upgrade(str(MIGRATIONS), revision=BEFORE)
        fill()
        db.session.remove()
        db.engine.dispose()
    return path


def check(home: Path, every: int) -> Iterator[int]:
    """Kills the upgrade at every so many statements and at the last ones; yields their numbers."""
    old, whole = filled(home), home / "whole.sqlite3"
    shutil.copy(old, whole)
    statements = Statements()
    upgraded(whole, statements)
    before, after = held(old), lasting(held(whole))
    last = statements.count
    for index, number in enumerate(sorted({*range(1, last, every), last - 1, last})):
        path = home / "killed.sqlite3"
        for left in home.glob("killed.sqlite3*"):
            left.unlink()
        shutil.copy(old, path)
        assert killed(path, number) == KILLED, number
        assert held(path) == before, number
        if index % FINISHED == 2:
            upgraded(path, Statements())
            assert lasting(held(path)) == after, number
        yield number


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        numbers = list(check(Path(folder), int(sys.argv[1]) if len(sys.argv) > 1 else 1))
    click.echo(f"Killed at {len(numbers)} statements of {numbers[-1]}: nothing was half done.")
