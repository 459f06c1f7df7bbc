"""Fund status of the whole government: `python -m tests.bench.ledger [DATABASE_URL]`.

300 lines with three classes each and 100,000 entries. The floor is a raw cursor fetching the rows
of balances and of their quarters, plus `json.dumps` of the same payload (the bar is 2 ×).
A tenth of the entries tells whether the cost grows with them. A given database must be empty.
"""

import json
import sys
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from flask_migrate import upgrade
from sqlalchemy import insert, text

from obcms.kernel.audit.origin import Origin, acting
from obcms.kernel.db.revisions import MIGRATIONS
from obcms.kernel.db.types import utc_now
from obcms.kernel.extensions import db, unit_of_work
from obcms.kernel.startup import freeze_startup_objects
from obcms.ledger.models import FundBalance, FundEntry
from obcms.ledger.reads.statement import Authorization, fund_status
from obcms.ledger.rules.choices import EntryKind
from obcms.ledger.rules.columns import COLUMN_NUMBERS
from tests.bench.__main__ import floor, line, timed
from tests.support.apps import make_app
from tests.support.ledger import make_act, make_line

LINES, ENTRIES = 300, 100_000
YEAR, FIRST = 2025, date(2025, 1, 1)
AMOUNTS = {"ps": "900000.00", "mooe": "900000.00", "co": "900000.00"}
ROWS = (
    "SELECT b.*, t.* FROM fund_balance b LEFT JOIN fund_total t ON t.balance_id = b.id"
    " ORDER BY b.line_id, b.id"
)
# What the entries add to the quarters, as the verbs would have kept it.
TOTALS = """
INSERT INTO fund_total (balance_id, year, quarter, obligations)
SELECT balance_id, 2025, (CAST({month} AS INTEGER) + 2) / 3, SUM(amount)
FROM fund_entry WHERE kind = 'obligation' GROUP BY 1, 2, 3
ON CONFLICT (balance_id, year, quarter)
DO UPDATE SET obligations = excluded.obligations
"""


def fill_lines() -> list[int]:
    """An act with all its lines; the numbers of their balances."""
    act = make_act(fiscal_year=YEAR, effectivity=FIRST)
    for _ in range(LINES):
        make_line(act, amounts=AMOUNTS)
    db.session.commit()
    found = list(db.session.scalars(db.select(FundBalance.id)))
    db.session.commit()
    return found


def fill_entries(balances: list[int], count: int) -> None:
    """Obligations over the whole year, and what follows from them."""
    rows = [
        {
            "balance_id": balances[number % len(balances)],
            "kind": EntryKind.OBLIGATION,
            "amount": 1,
            "posting_date": date.fromordinal(FIRST.toordinal() + number % 365),
            "document_date": FIRST,
            "payee_key": "",
            "search_text": "",
            "posted_at": utc_now(),
        }
        for number in range(count)
    ]
    db.session.rollback()
    on_sqlite = db.engine.dialect.name == "sqlite"
    month = "strftime('%m', posting_date)" if on_sqlite else "EXTRACT(MONTH FROM posting_date)"
    with db.engine.begin() as connection, unit_of_work():
        connection.execute(insert(FundEntry.__table__), rows)
        connection.execute(text(TOTALS.format(month=month)))
        connection.execute(text("ANALYZE"))


def payload(as_of: date) -> list[dict[str, object]]:
    """What an answer would hold: each row with its columns."""
    db.session.rollback()
    return [
        {
            "line": row.line_id,
            "class": row.appropriation_class,
            **{name: str(getattr(row.columns, name)) for name in COLUMN_NUMBERS},
        }
        for row in fund_status(YEAR, as_of, Authorization.CURRENT)
    ]


def bench(as_of: date, name: str) -> None:
    told = payload(as_of)
    lowest = timed(lambda: floor(ROWS, told, json.dumps))
    line(name, timed(lambda: json.dumps(payload(as_of))), "at most 2 ×", lowest)


def main(uri: str, home: Path) -> None:
    app = make_app(uri, home)
    with app.app_context(), acting(Origin(None, "bench")):
        upgrade(str(MIGRATIONS))
        balances = fill_lines()
        freeze_startup_objects()  # as a worker does
        print(f"\n{db.engine.dialect.name}, {len(balances)} balances")  # noqa: T201
        for count in (ENTRIES // 10, ENTRIES - ENTRIES // 10):
            fill_entries(balances, count)
            bench(date(YEAR, 12, 31), f"{count:,} more entries, whole year")
            bench(date(YEAR, 11, 14), f"{count:,} more entries, within a quarter")
        db.session.remove()
        db.engine.dispose()


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        home = Path(folder)
        main(sys.argv[1] if len(sys.argv) > 1 else f"sqlite:///{home / 'bench.sqlite3'}", home)
