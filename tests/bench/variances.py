"""The check of money over 1,000 PPAs of 20 items: `python -m tests.bench.variances [DATABASE_URL]`.

Every tenth item has cost a third of its allocation, every tenth PPA has an item that is overspent
(SPEC 15: under 300 ms once the alerts are raised). A given database must be empty.
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from flask_migrate import upgrade
from sqlalchemy import text

from obcms.alerts.detect import detect_variances
from obcms.kernel.audit.origin import Origin, acting
from obcms.kernel.db.revisions import MIGRATIONS
from obcms.kernel.extensions import db
from obcms.kernel.startup import freeze_startup_objects
from tests.bench.__main__ import line, timed
from tests.support.apps import make_app
from tests.support.factories import grow, make_ppa

PPAS, ITEMS = 1_000, 20
MONEY = (
    "UPDATE work_item SET allocated_budget = {each}, effective_allocation = {each},"
    " spent_here = CASE WHEN id % 200 = 3 THEN {over} WHEN id % 10 = 3 THEN {part} ELSE 0 END,"
    " spent_total = CASE WHEN id % 200 = 3 THEN {over} WHEN id % 10 = 3 THEN {part} ELSE 0 END"
    " WHERE parent_id IS NOT NULL"
)


def fill() -> None:
    """The trees."""
    for _ in range(PPAS):
        grow(make_ppa(moa="MAFAR"), ITEMS)
    db.session.commit()


def spend_money() -> None:
    """Money on the trees, as the roll-up would leave it."""
    unit = 100 if db.engine.dialect.name == "sqlite" else 1
    amounts = {"each": 30_000 * unit, "over": 36_000 * unit, "part": 10_000 * unit}
    with db.engine.begin() as connection:
        connection.execute(text(MONEY.format(**amounts)))


def look() -> None:
    detect_variances(db.session())
    db.session.commit()


def main(uri: str, home: Path) -> None:
    app = make_app(uri, home)
    with app.app_context(), acting(Origin(None, "bench")):
        upgrade(str(MIGRATIONS))
        fill()
        spend_money()
        freeze_startup_objects()  # as a worker does
        first = detect_variances(db.session())
        db.session.rollback()
        print(f"\n{db.engine.dialect.name}: {first['raised']} alerts")  # noqa: T201
        raised = timed(lambda: detect_variances(db.session()) and db.session.rollback())
        line("variances of 1,000 PPAs, all raised", raised, "")
        look()
        line("variances of 1,000 PPAs, none changed", timed(look), "under 300 ms")
        db.session.remove()
        db.engine.dispose()


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        home = Path(folder)
        main(sys.argv[1] if len(sys.argv) > 1 else f"sqlite:///{home / 'bench.sqlite3'}", home)
