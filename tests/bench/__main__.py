"""Speed against the floor of SPEC 15, measured in one run: `python -m tests.bench [DATABASE_URL]`.

The floor is a raw cursor fetching the same rows plus `json.dumps` of the same payload; a second one
writes the payload by the app's own JSON provider, as the endpoint of the work tree does. Without an
address a SQLite file in a temporary folder is used; a given database must be empty.
"""

import json
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from flask import current_app
from flask_migrate import upgrade
from sqlalchemy import select

from obcms.budget import distribution
from obcms.budget.proposal import Request
from obcms.budget.reads.budget_tree import budget_tree_answer
from obcms.kernel.audit.origin import Origin, acting
from obcms.kernel.db.revisions import MIGRATIONS
from obcms.kernel.extensions import db
from obcms.kernel.permissions import SYSTEM
from obcms.kernel.startup import freeze_startup_objects
from obcms.ppas.models import PPA
from obcms.work import work_items
from obcms.work.models import WorkItem
from obcms.work.rules.choices import DistributionMethod
from obcms.work.sync import sync_all_ppas
from tests.support.apps import make_app
from tests.support.factories import grow, make_ppa

ROW = ("id", "parent_id", "position")
SIZES = (100, 1_000, 5_000)
ROUNDS = 7


def timed(work: Callable[[], Any]) -> float:
    """Median milliseconds of several rounds, after one that does not count."""
    work()
    took = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()
        took.append((time.perf_counter() - began) * 1000)
    return median(took)


def line(name: str, milliseconds: float, bar: str, floor: float | None = None) -> None:
    against = f"{milliseconds / floor:5.2f} × the floor of {floor:7.1f} ms" if floor else ""
    print(f"{name:<34}{milliseconds:9.1f} ms  {against:<34}{bar}")  # noqa: T201 - its output


def bench_tree(ppa: PPA, size: int) -> None:
    def tree() -> str:
        return current_app.json.dumps(budget_tree_answer(ppa))

    payload = json.loads(tree())
    table, key = WorkItem.__table__, ppa.id
    columns = ", ".join(c.name for c in table.c if c.name in payload["tree"] or c.name in ROW)
    statement = f"SELECT {columns} FROM work_item WHERE ppa_id = {key} ORDER BY position, id"

    bar = "at most 2.5 × and 200 ms" if size >= 1_000 else ""
    took = timed(tree)
    line(f"tree of {size:,}", took, bar, timed(lambda: floor(statement, payload, json.dumps)))
    fast = timed(lambda: floor(statement, payload, current_app.json.dumps))
    line("  over a floor with orjson", took, "", fast)


def floor(statement: str, payload: Any, write: Callable[[Any], str]) -> str:
    """The same rows by a raw cursor, and the same payload by a writer of JSON."""
    cursor = db.session.connection().connection.cursor()
    cursor.execute(statement)
    cursor.fetchall()
    cursor.close()
    return write(payload)


def bench_distribution(ppa: PPA, size: int) -> None:
    def apply(method: DistributionMethod) -> float:
        request = Request(method, cascade=True)
        version = distribution.preview(SYSTEM, ppa, request).version
        began = time.perf_counter()
        distribution.apply(SYSTEM, ppa, request, version)
        db.session.commit()
        return (time.perf_counter() - began) * 1000

    took = []
    for turn in range(ROUNDS):
        raise_allocation(ppa, turn)
        took.append(apply(DistributionMethod.EQUAL))
    line(f"distribute over {size:,}", median(took), "under 200 ms" if size == 1_000 else "")


def raise_allocation(ppa: PPA, turn: int) -> None:
    """A higher allocation, so that every round changes every item."""
    ppa.budget_allocation = Decimal(2_000_000 + turn * 100_000)
    db.session.commit()


def bench_leaf(ppa: PPA, size: int) -> None:
    query = select(WorkItem.id).where(WorkItem.ppa_id == ppa.id).order_by(WorkItem.id.desc())
    leaf_id = db.session.scalars(query.limit(1)).one()
    turn = 0

    def report() -> None:
        nonlocal turn
        turn = (turn + 7) % 100
        leaf = db.session.get_one(WorkItem, leaf_id)
        work_items.edit_item(SYSTEM, leaf, {"progress": Decimal(turn)})
        db.session.commit()

    line(f"one leaf of {size:,} up to the PPA", timed(report), "")


def bench_sync() -> None:
    for _ in range(1_000):
        grow(make_ppa(moa="MAFAR"), 20)
    db.session.commit()
    freeze_startup_objects()  # as a worker does
    unchanged = timed(lambda: sync_all_ppas(db.session()) and db.session.rollback())
    line("sync 1,000 PPAs, none changed", unchanged, "under 300 ms")


def main(uri: str, home: Path) -> None:
    app = make_app(uri, home)
    with app.app_context(), acting(Origin(None, "bench")):
        upgrade(str(MIGRATIONS))
        print(f"\n{db.engine.dialect.name}")  # noqa: T201
        for size in SIZES:
            ppa = make_ppa()
            grow(ppa, size)
            db.session.commit()
            bench_tree(ppa, size)
            bench_distribution(ppa, size)
            bench_leaf(ppa, size)
        bench_sync()
        db.session.remove()
        db.engine.dispose()


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        home = Path(folder)
        main(sys.argv[1] if len(sys.argv) > 1 else f"sqlite:///{home / 'bench.sqlite3'}", home)
