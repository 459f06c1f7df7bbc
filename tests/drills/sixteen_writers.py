"""Sixteen writers from two processes on one SQLite file: `python -m tests.drills.sixteen_writers`.

Each changes a PPA of its own and commits, again and again with no pause. The drill tells how long
they waited for the one write lock, and fails where one waits longer than BUSY_SECONDS or is
refused. With `timeout` they wait as SQLite does it, by BEGIN IMMEDIATE and its busy timeout; with
`normal` commits do not wait for the disk. Seconds may be given, 30 otherwise.
"""

import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.synchronize import Barrier
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import NamedTuple

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from obcms.kernel.audit.origin import Origin, acting
from obcms.kernel.db import connections
from obcms.kernel.db.revisions import MIGRATIONS
from obcms.kernel.extensions import db
from obcms.ppas.models import PPA
from tests.support.apps import make_app
from tests.support.factories import make_ppa
from tests.support.forked import FORKED

PROCESSES, THREADS = 2, 8


class Writer(NamedTuple):
    """What one writer saw: its waits for the lock, in seconds, and how often it was refused."""

    waits: list[float]
    refused: int


def run(home: Path, seconds: float, options: Sequence[str] = ()) -> list[Writer]:
    """Lets all of them write for so long."""
    uri = f"sqlite:///{home / 'drill.sqlite3'}"
    with make_app(uri, home).app_context(), acting(Origin(None, "drill")):
        upgrade(str(MIGRATIONS))
        keys = [make_ppa().id for _ in range(PROCESSES * THREADS)]
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    ready = FORKED.Barrier(PROCESSES)
    with FORKED.Pool(PROCESSES, _prepare, (ready,)) as pool:
        shares = [keys[number::PROCESSES] for number in range(PROCESSES)]
        asked = [(uri, home, share, seconds, options) for share in shares]
        return [one for part in pool.starmap(_write_together, asked, 1) for one in part]


def _prepare(ready: Barrier) -> None:
    global _ready
    _ready = ready


def _write_together(
    uri: str, home: Path, keys: list[int], seconds: float, options: Sequence[str]
) -> list[Writer]:
    if "timeout" in options:
        connections._begin_writing = _begin_by_timeout
    if "normal" in options:
        kept = [pragma for pragma in connections.PRAGMAS if "synchronous" not in pragma]
        connections.PRAGMAS = (*kept, "synchronous=NORMAL")
    app = make_app(uri, home)
    _ready.wait()
    with ThreadPoolExecutor(len(keys)) as pool:
        return list(pool.map(lambda key: _write(app, key, seconds), keys))


def _begin_by_timeout(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _write(app: Flask, key: int, seconds: float) -> Writer:
    waits, refused = [], 0
    with app.app_context(), acting(Origin(None, "drill")):
        end = time.monotonic() + seconds
        while (began := time.monotonic()) < end:
            try:
                db.session.connection()  # begins, and so waits for the lock
                waits.append(time.monotonic() - began)
                db.session.get_one(PPA, key).title = f"Change {len(waits)}"
                db.session.commit()
            except OperationalError:
                refused += 1
                db.session.rollback()
        db.session.remove()
    return Writer(waits, refused)


def main(options: Sequence[str]) -> None:
    seconds = next((float(option) for option in options if option.isdigit()), 30.0)
    with TemporaryDirectory() as folder:
        writers = run(Path(folder), seconds, options)
    waits = sorted(wait for writer in writers for wait in writer.waits)
    each = [len(writer.waits) for writer in writers]
    refused = sum(writer.refused for writer in writers)
    print(  # noqa: T201 - its output
        f"{len(waits) / seconds:.0f} commits a second, {min(each)} to {max(each)} a writer; waits: "
        f"median {median(waits) * 1000:.0f} ms, 99 % {waits[len(waits) * 99 // 100] * 1000:.0f} ms,"
        f" longest {waits[-1]:.2f} s; {refused} refused"
    )
    if refused or waits[-1] > connections.BUSY_SECONDS or not min(each):
        raise SystemExit("A writer starved.")


if __name__ == "__main__":
    main(sys.argv[1:])
