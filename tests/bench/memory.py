"""What the nightly sync leaves in memory: `python -m tests.bench.memory [DATABASE_URL]`.

Twenty runs in a row may grow the process by less than 5 MB, however many PPAs there are (SPEC 15).
A given database must be empty.
"""

import gc
import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from sqlalchemy import text

from obcms.kernel.db.types import utc_now
from obcms.kernel.extensions import db
from obcms.kernel.jobs.runner import run_slot
from obcms.kernel.jobs.schedule import manual_slot
from tests.support.apps import migrate, serving
from tests.support.factories import grow, make_ppa

RUNS, ITEMS, MOST_MB = 20, 20, 5.0
SIZES = (100, 400)
DRIFT = "UPDATE work_item SET progress = (progress + 1) % 100 WHERE parent_id IS NULL"


def resident_mb() -> float:
    """What the process holds in memory now (Linux)."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1_000_000


def sync() -> int:
    """A run with something to write in each PPA; how many it wrote."""
    db.session.execute(text(DRIFT))
    db.session.commit()
    done = run_slot("auto_sync_ppa_progress", manual_slot(utc_now()))
    db.session.remove()
    gc.collect()
    return done["updated"]


def growth(runs: int) -> float:
    """By how many megabytes the process grew, after three runs that fill its caches."""
    for _ in range(3):
        assert sync() > 0
    before = resident_mb()
    for _ in range(runs):
        sync()
    return resident_mb() - before


def main() -> None:
    """For each size the growth, and what the process holds."""
    with TemporaryDirectory() as folder:
        home = Path(folder)
        uri = sys.argv[1] if len(sys.argv) > 1 else f"sqlite:///{home / 'bench.sqlite3'}"
        migrate(uri, home)
        with serving(uri, home):
            made, grown = 0, []
            for size in SIZES:
                while made < size:
                    grow(make_ppa(code=f"MOH-2031-{made + 1:04d}"), ITEMS)
                    made += 1
                db.session.commit()
                db.session.remove()
                grown.append(growth(RUNS))
                told = f"{size} PPAs × {ITEMS} items: {RUNS} runs grow the process by"
                click.echo(f"{told} {grown[-1]:.1f} MB, to {resident_mb():.0f} MB")
    sys.exit(max(grown) >= MOST_MB)


if __name__ == "__main__":
    main()
