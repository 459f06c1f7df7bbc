"""How much work a read is: for the database, and in memory."""

import tracemalloc
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count as numbers
from itertools import islice

from sqlalchemy import Connection, insert, text

from obcms.kernel.audit.models import ENTRIES, AuditAction
from obcms.kernel.extensions import db

_request_ids = map("request-{}".format, numbers())
READ = text(
    "SELECT COALESCE(seq_tup_read, 0) + COALESCE(idx_tup_fetch, 0) "
    "FROM pg_stat_xact_user_tables WHERE relname = 'audit_entry'"
)


def write_acts(ppa_id: int, start: datetime, count: int, entries: int = 1) -> None:
    """Acts of one person on a PPA, a second apart, each with so many entries; committed."""
    rows = [
        {
            "at": start + timedelta(seconds=number),
            "table_name": "ppa",
            "row_key": str(ppa_id),
            "ppa_id": ppa_id,
            "action": AuditAction.UPDATE,
            "changes": {"remarks": ["", f"Remark {number} " * 20]},
            "actor_name": "clerk",
            "request_id": request_id,
        }
        for number, request_id in enumerate(islice(_request_ids, count))
        for _ in range(entries)
    ]
    db.session.execute(insert(ENTRIES), rows)
    db.session.commit()
    if db.engine.dialect.name == "postgresql":  # which otherwise does this a minute later
        db.session.execute(text("ANALYZE audit_entry"))
        db.session.commit()


def work_of(read: Callable[[], object]) -> int:
    """What the database does for the read: entries on PostgreSQL, on SQLite hundreds of steps."""
    connection = db.session.connection()
    if connection.dialect.name == "postgresql":
        before = connection.scalar(READ)
        read()
        return connection.scalar(READ) - before
    return _steps(connection, read)


def _steps(connection: Connection, read: Callable[[], object]) -> int:
    driver = connection.connection.driver_connection
    steps = 0

    def count() -> None:
        nonlocal steps
        steps += 1

    driver.set_progress_handler(count, 100)
    read()
    driver.set_progress_handler(None, 0)
    return steps


def peak_of(read: Callable[[], object]) -> int:
    """The most bytes that Python holds at a time for the read; what is kept anyway not counted."""
    read()
    db.session.remove()
    tracemalloc.start()
    read()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    db.session.remove()
    return peak
