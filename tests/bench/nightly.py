"""Sync and variances over 1,000 PPAs of 20 items: `python -m tests.bench.nightly [postgresql]`.

Of each run the median and the least time, that of this process's own work (which a loaded machine
does not lengthen), the queries, and by how much twenty in a row grow the process (SPEC 15:
constant memory; less than 5 MB).
"""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import click
from sqlalchemy import event, text

from obcms.alerts.detect import detect_variances
from obcms.kernel.extensions import db
from obcms.kernel.startup import freeze_startup_objects
from obcms.work.sync import sync_all_ppas
from tests.bench.memory import DRIFT, MOST_MB, RUNS, resident_mb
from tests.bench.variances import fill, spend_money
from tests.support.apps import migrate, serving
from tests.support.postgres import execute, postgresql_server

WARM = 3


@contextmanager
def queries() -> Iterator[list[str]]:
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield sent
    event.remove(db.engine, "before_cursor_execute", note)


def drift() -> None:
    """Each PPA has something to write."""
    db.session.execute(text(DRIFT))
    db.session.commit()


def sync() -> None:
    sync_all_ppas(db.session())
    db.session.commit()
    db.session.remove()


def look() -> None:
    detect_variances(db.session())
    db.session.commit()
    db.session.remove()


def forget() -> None:
    """All alerts are raised anew."""
    for table in ("notification", "alert"):
        db.session.execute(text(f"DELETE FROM {table}"))
    db.session.commit()


def measured(name: str, work: Callable[[], None], before: Callable[[], None], bar: str) -> float:
    """Prints what a run costs; returns by how many megabytes the counted runs grew the process."""
    took, worked, grown_from = [], [], 0.0
    for turn in range(WARM + RUNS):
        before()
        with queries() as sent:
            began, at_work = time.perf_counter(), time.process_time()
            work()
            took.append((time.perf_counter() - began) * 1000)
            worked.append((time.process_time() - at_work) * 1000)
        if turn == WARM - 1:
            grown_from = resident_mb()
    grown = resident_mb() - grown_from
    told = f"{name:<24}{median(took):7.0f} ms, least {min(took):.0f}, own {median(worked):.0f}"
    click.echo(f"{told} ({bar}), {len(sent)} queries, {RUNS} runs grow it by {grown:.1f} MB")
    return grown


def measure() -> float:
    """All of it; the greatest growth."""
    fill()
    db.session.remove()
    freeze_startup_objects()  # as a worker does
    load = " ".join(f"{one:.1f}" for one in os.getloadavg())
    click.echo(f"{db.engine.dialect.name}, load of the machine {load}")
    grown = [
        measured("sync, none changed", sync, lambda: None, "bar 300"),
        measured("sync, all changed", sync, drift, "bar 1,000"),
    ]
    spend_money()
    grown.append(measured("variances, all raised", look, forget, "no bar"))
    grown.append(measured("variances, none changed", look, lambda: None, "bar 300"))
    return max(grown)


def main(kind: str) -> None:
    """On SQLite, or on a PostgreSQL server of its own; fails where the process grows too much."""
    server = postgresql_server() if kind == "postgresql" else nullcontext("")
    with TemporaryDirectory() as folder, server as address:
        home = Path(folder)
        if address:
            execute(address, "CREATE DATABASE bench")
        uri = f"{address}bench" if address else f"sqlite:///{home / 'bench.sqlite3'}"
        migrate(uri, home)
        with serving(uri, home):
            grown = measure()
    sys.exit(grown >= MOST_MB)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "sqlite")
