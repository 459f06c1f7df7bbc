"""Seals entries in the order of their ids, waiting for writers without making them wait.

They are sealed in batches, so that no transaction takes long. A transaction may draw a lower id
and commit later than its neighbour. So on PostgreSQL nothing is sealed before every transaction
that was running when the highest id was seen has ended.
"""

import time
from dataclasses import dataclass

from sqlalchemy import func, insert, select, text
from sqlalchemy.orm import Session

from obcms.kernel.audit.chain import GENESIS, link
from obcms.kernel.audit.models import ENTRIES, SEALS
from obcms.kernel.db.types import utc_now

BATCH = 1_000  # entries sealed in one transaction
PATIENCE_SECONDS = 20.0
PAUSE_SECONDS = 0.1
_LOCK = 0x0BC5_5EA1  # any number that no other advisory lock of OBCMS uses
_TRY_LOCK = text("SELECT pg_try_advisory_xact_lock(:key)")
_NEXT_XID = text("SELECT pg_current_xact_id()::text")
# A snapshot leaves the asking transaction itself out of those in progress.
_ALL_ENDED = text(
    "SELECT NOT EXISTS (SELECT 1 FROM pg_snapshot_xip(pg_current_snapshot()) AS running "
    "WHERE running < CAST(:mark AS xid8))"
)


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain; position 0 before the first link."""

    position: int
    entry_id: int
    hash: str


@dataclass(frozen=True, slots=True)
class Sealed:
    """What was sealed; `waiting` where writers or another sealer were still at work."""

    sealed: int
    head: Head
    waiting: bool


def read_head(session: Session) -> Head:
    """The last link of the chain."""
    last = session.execute(
        select(SEALS.c.position, SEALS.c.entry_id, SEALS.c.hash)
        .order_by(SEALS.c.position.desc())
        .limit(1)
    ).one_or_none()
    return Head(*last) if last else Head(0, 0, GENESIS)


def seal(session: Session, patience: float = PATIENCE_SECONDS) -> Sealed:
    """Seals the next entries that are final, at most `BATCH`, in the session's own transaction.

    Waits up to `patience` seconds for writers; after that it seals nothing.
    """
    on_postgresql = session.get_bind().dialect.name == "postgresql"
    if on_postgresql and not session.scalar(_TRY_LOCK, {"key": _LOCK}):
        return Sealed(0, read_head(session), waiting=True)
    head = read_head(session)
    highest = session.scalar(select(func.max(ENTRIES.c.id))) or 0
    if highest <= head.entry_id:
        return Sealed(0, head, waiting=False)
    if on_postgresql and not _writers_ended(session, patience):
        return Sealed(0, head, waiting=True)
    following = _seal_batch(session, head, highest)
    return Sealed(following.position - head.position, following, waiting=False)


def _writers_ended(session: Session, patience: float) -> bool:
    """Whether every transaction that may hold a lower id has ended.

    The mark is a transaction number drawn now, on a connection of its own: whoever drew an audit id
    before has a lower one. A snapshot's xmax would not do, because transactions above it may be
    running already.
    """
    with session.get_bind().connect() as connection:
        connection = connection.execution_options(isolation_level="AUTOCOMMIT")
        mark = connection.scalar(_NEXT_XID)
    deadline = time.monotonic() + patience
    while not session.scalar(_ALL_ENDED, {"mark": mark}):
        if time.monotonic() >= deadline:
            return False
        time.sleep(PAUSE_SECONDS)
    return True


def _seal_batch(session: Session, head: Head, highest: int) -> Head:
    query = (
        select(ENTRIES)
        .where(ENTRIES.c.id > head.entry_id, ENTRIES.c.id <= highest)
        .order_by(ENTRIES.c.id)
        .limit(BATCH)
    )
    rows, now = [], utc_now()
    for entry in session.execute(query).mappings():
        head = Head(head.position + 1, entry["id"], link(head.hash, entry))
        rows.append(
            {
                "position": head.position,
                "entry_id": head.entry_id,
                "hash": head.hash,
                "sealed_at": now,
            }
        )
    if rows:
        session.connection().execute(insert(SEALS), rows)
    return head
