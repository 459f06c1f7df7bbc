"""Preview and import against parsing alone: `python -m tests.bench.imports [DATABASE_URL]`.

Lists of 2,000 and 10,000 rows, with and without codes; then two writers beside previews of the
longer one, made in another process, and beside one that only computes. A given database must
be empty.
"""

import sys
import threading
import time
from collections.abc import Callable
from io import BytesIO
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import select

from obcms.imports.apply import Source, apply_import
from obcms.imports.compare import compare
from obcms.imports.declared import ImportDefaults
from obcms.imports.ppa_list import PPA_LIST
from obcms.imports.reading.parsed import ParsedFile
from obcms.kernel.audit.origin import Origin, acting
from obcms.kernel.db.connections import reading
from obcms.kernel.db.revisions import MIGRATIONS
from obcms.kernel.extensions import db
from obcms.kernel.permissions import SYSTEM
from obcms.organizations.reads import find_moa
from obcms.ppas.edit import edit_ppa
from obcms.ppas.models import PPA
from tests.bench.__main__ import line
from tests.support.apps import make_app
from tests.support.factories import make_ppa
from tests.support.imports import parse_file

SIZES = (2_000, 10_000)
A_FILE = Source("list.csv", "0" * 64)
EDITS = 40


def listed(size: int, coded: bool, amount: int) -> bytes:
    rows = (
        f"{f'MOH-2031-{size + n:06d}' if coded else ''},Program {size} {n} {coded},{amount + n}"
        for n in range(size)
    )
    return "\n".join(("Code,Title,Budget", *rows)).encode()


def took(work: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    done = work()
    return (time.perf_counter() - began) * 1000, done


def bench_size(size: int, coded: bool, given: ImportDefaults) -> None:
    kind = "with codes" if coded else "without codes"
    for amount, what in ((1, "new"), (2, "changed"), (2, "unchanged")):
        content = listed(size, coded, amount)
        parsing, parsed = took(lambda given=content: parse_file(BytesIO(given), "list.csv"))
        looking, _ = took(lambda given_=parsed: compare(PPA_LIST, SYSTEM, given_, given))
        db.session.rollback()
        writing, _ = took(lambda given_=parsed: applied(given_, given))
        line(f"{size:,} {what} {kind}: preview", looking, "", parsing)
        line("  import", writing, "", parsing)


def applied(parsed: ParsedFile, given: ImportDefaults) -> None:
    apply_import(PPA_LIST, SYSTEM, parsed, given, A_FILE)
    db.session.commit()


def bench_writers(app: Flask, given: ImportDefaults) -> None:
    """The floor: beside a process that computes as much and asks the database nothing."""
    parsed = parse_file(BytesIO(listed(SIZES[-1], True, 3)), "list.csv")

    def look() -> None:
        with reading():
            compare(PPA_LIST, SYSTEM, parsed, given)
            db.session.rollback()

    beside_work = beside(app, lambda: sum(range(1_000_000)))
    beside_preview = beside(app, look)
    lowest = median(beside_work)
    line("an edit beside a preview, median", median(beside_preview), "", lowest)
    line("  the longest", max(beside_preview), "", max(beside_work))


def beside(app: Flask, work: Callable[[], object]) -> list[float]:
    """The writers' waits while another process does this again and again."""

    def again_and_again() -> None:
        while True:
            work()

    db.session.remove()
    db.engine.dispose()  # the other process connects for itself
    other = get_context("fork").Process(target=again_and_again)
    other.start()
    try:
        return waits(app)
    finally:
        other.terminate()
        other.join()


def waits(app: Flask) -> list[float]:
    """Milliseconds of each edit of two writers at once, each on a PPA of its own."""
    codes = [make_ppa(moa="MAFAR").code for _ in range(2)]
    db.session.commit()
    found: list[float] = []

    def write(code: str) -> None:
        with app.app_context():
            for turn in range(EDITS):
                found.append(took(lambda turn=turn: edit(code, turn))[0])
            db.session.remove()

    writers = [threading.Thread(target=write, args=(code,)) for code in codes]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    return found


def edit(code: str, turn: int) -> None:
    ppa = db.session.scalars(select(PPA).where(PPA.code == code)).one()
    edit_ppa(SYSTEM, ppa, {"summary": f"Turn {turn}"})
    db.session.commit()


def main(uri: str, home: Path) -> None:
    app = make_app(uri, home)
    with app.app_context(), acting(Origin(None, "bench")):
        upgrade(str(MIGRATIONS))
        given = ImportDefaults(find_moa("MOH").id, 2031)
        db.session.rollback()
        print(f"\n{db.engine.dialect.name}: the floor is parsing alone")  # noqa: T201
        for size in SIZES:
            for coded in (True, False):
                bench_size(size, coded, given)
        bench_writers(app, given)
        db.session.remove()
        db.engine.dispose()


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        home = Path(folder)
        main(sys.argv[1] if len(sys.argv) > 1 else f"sqlite:///{home / 'bench.sqlite3'}", home)
