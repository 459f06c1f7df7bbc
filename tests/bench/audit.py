"""The cost of the audit trail (SPEC 9): `python -m tests.bench.audit [DATABASE_URL]`.

The hook against the same updates without it, checking 100,000 sealed entries, and, on PostgreSQL,
eight writers with and without a sealer beside them. A given database must be empty.
"""

import multiprocessing
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.synchronize import Event
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from flask_migrate import upgrade
from sqlalchemy import select

from obcms.kernel.audit.hook import record_changes
from obcms.kernel.audit.origin import Origin, acting
from obcms.kernel.audit.verify import verify
from obcms.kernel.db.revisions import MIGRATIONS
from obcms.kernel.extensions import db
from obcms.kernel.flush import STEPS, Stage
from obcms.ppas.models import PPA
from obcms.work.models import WorkItem
from tests.bench.__main__ import ROUNDS, line
from tests.kernel.audit.tampering import add_entries, seal_all
from tests.support.apps import make_app
from tests.support.factories import grow, make_ppa

ENTRIES, UPDATES, WRITERS, COMMITS = 100_000, 1_000, 8, 60


@contextmanager
def unaudited() -> Iterator[None]:
    """The same session without the step that writes entries."""
    kept = STEPS[Stage.RECORD][:]
    STEPS[Stage.RECORD].remove(record_changes)
    try:
        yield
    finally:
        STEPS[Stage.RECORD][:] = kept


def milliseconds(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def bench_hook(rows: Sequence[PPA | WorkItem]) -> None:
    assert len(rows) == UPDATES
    turn = 0

    def change() -> None:
        nonlocal turn
        turn += 1
        for row in rows:
            row.title = f"Turn {turn}"
        db.session.flush()

    change()
    audited, bare = [], []
    for _ in range(ROUNDS):
        audited.append(milliseconds(change))
        with unaudited():
            bare.append(milliseconds(change))
    db.session.commit()
    name = f"1,000 updates of {rows[0].__tablename__}"
    line(name, median(audited), "at most 2 ×", median(bare))


def bench_verify() -> None:
    for _ in range(ENTRIES // 5_000):
        add_entries(5_000)
    line("seal 100,000 entries", milliseconds(lambda: bool(seal_all())), "")
    line("verify 100,000 entries", milliseconds(lambda: bool(verify(db.engine))), "under 20 s")


def write(uri: str, home: Path, key: int, start: Event) -> None:
    """One writer: many small transactions on a PPA of its own."""
    with make_app(uri, home).app_context(), acting(Origin(None, "bench")):
        ppa = db.session.get_one(PPA, key)
        start.wait()
        for turn in range(COMMITS):
            ppa.title = f"Turn {time.time()} {turn}"
            db.session.commit()
        db.engine.dispose()


def keep_sealing(uri: str, home: Path, stop: Event) -> None:
    """Far more often than the job does."""
    with make_app(uri, home).app_context():
        while not stop.wait(0.2):
            seal_all()
        db.engine.dispose()


def one_round(uri: str, home: Path, keys: list[int], sealing: bool) -> float:
    spawn = multiprocessing.get_context("spawn")
    start, stop = spawn.Event(), spawn.Event()
    writers = [spawn.Process(target=write, args=(uri, home, key, start)) for key in keys]
    sealer = spawn.Process(target=keep_sealing, args=(uri, home, stop))
    for process in writers + [sealer] * sealing:
        process.start()
    time.sleep(12)  # every process has imported the app by then
    began = time.perf_counter()
    start.set()
    for process in writers:
        process.join()
    took = (time.perf_counter() - began) * 1000
    stop.set()
    if sealing:
        sealer.join()
    return took


def bench_writers(uri: str, home: Path, rounds: int = 3) -> None:
    keys = [make_ppa().id for _ in range(WRITERS)]
    db.session.commit()
    with_sealer, without = [], []
    for _ in range(rounds):
        without.append(one_round(uri, home, keys, sealing=False))
        with_sealer.append(one_round(uri, home, keys, sealing=True))
    line("eight writers beside a sealer", median(with_sealer), "not slowed", median(without))


def main(uri: str, home: Path) -> None:
    app = make_app(uri, home)
    with app.app_context(), acting(Origin(None, "bench")):
        upgrade(str(MIGRATIONS))
        grow(make_ppa(), UPDATES + 1)
        for _ in range(UPDATES):
            make_ppa(moa="MAFAR")
        db.session.commit()
        bench_hook(db.session.scalars(select(PPA).order_by(PPA.id.desc()).limit(UPDATES)).all())
        # A root's title is that of its PPA.
        below = select(WorkItem).where(WorkItem.parent_id.is_not(None)).limit(UPDATES)
        bench_hook(db.session.scalars(below).all())
        bench_verify()
        if db.engine.dialect.name == "postgresql":
            bench_writers(uri, home)
        db.session.remove()
        db.engine.dispose()


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        home = Path(folder)
        main(sys.argv[1] if len(sys.argv) > 1 else f"sqlite:///{home / 'bench.sqlite3'}", home)
