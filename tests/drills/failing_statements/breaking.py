"""A run that breaks at its Nth statement: the database refuses it, or the process ends there."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from sqlite3 import OperationalError as Refused
from typing import Any

from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from obcms.kernel.extensions import db
from obcms.kernel.jobs.runner import JobFailed, run_slot

KILLED = 9


class Statements:
    """Counts what is sent; at the number `last` the database fails, or the process dies."""

    def __init__(self, last: int | None, kill: bool) -> None:
        self.count, self.last, self.kill = 0, last, kill

    def __call__(self, _connection: object, _cursor: object, statement: str, *_: Any) -> None:
        self.count += 1
        if self.count != self.last:
            return
        if self.kill:
            os._exit(KILLED)
        raise OperationalError(statement, {}, Refused("the drill broke it"))


@contextmanager
def counted(last: int | None = None, kill: bool = False) -> Iterator[Statements]:
    statements, engine = Statements(last, kill), db.engine
    event.listen(engine, "before_cursor_execute", statements)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", statements)


def fail_at(job: str, slot: str, number: int) -> None:
    """The database fails once; the process goes on."""
    with counted(number):
        try:
            run_slot(job, slot)
        except (JobFailed, OperationalError):
            db.session.rollback()
    db.session.remove()


def die_at(job: str, slot: str, number: int) -> None:
    """The same in a process that ends there."""
    db.session.remove()
    child = os.fork()
    if child == 0:
        db.engine.dispose(close=False)  # connections of the parent are not to be shared
        with counted(number, kill=True):
            run_slot(job, slot)
        os._exit(0)
    os.waitpid(child, 0)
