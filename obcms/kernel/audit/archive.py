"""Moving the oldest part of the trail to a file, with the chain intact (SPEC 9).

The file is complete, flushed and read back before a row is deleted; the deletion and the record of
the archive are one transaction. A crash at any point leaves the rows, or the file and its record.
"""

import gzip
import json
import os
import zlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from hashlib import file_digest
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, delete, func, select, text
from sqlalchemy.orm import Session

from obcms.kernel.audit.archives import last_archive
from obcms.kernel.audit.chain import GENESIS, canonical, link_bytes
from obcms.kernel.audit.models import ENTRIES, SEALS, AuditArchive
from obcms.kernel.audit.position import position_at
from obcms.kernel.db.types import utc_now

FOLDER = "audit"
BATCH = 2_000
GUARDED = ("audit_entry", "audit_seal")
ArchiveRow = AuditArchive | Row[Any]  # of an archive


class ArchiveBroken(RuntimeError):
    """The part to be archived, or a file written earlier, does not follow the chain."""


class SealedEntry(NamedTuple):
    """A line of a file: an entry as it was sealed, and the hash behind it."""

    position: int
    hash: str
    entry: bytes


def archive(session: Session, instance: Path, before: datetime) -> AuditArchive | None:
    """Moves the sealed entries older than `before`; None where there are none.

    The chain's last link always stays, so that sealing has something to go on from. Raises
    ArchiveBroken, and moves nothing, where an entry is not as it was sealed.
    """
    earlier = last_archive(session.connection())
    start = earlier.last_position if earlier else 0
    end = _last_position(session.connection(), start, before)
    if end <= start:
        return None
    name = f"audit-{start + 1:012d}-{end:012d}.jsonl.gz"
    folder = instance / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    previous = earlier.head if earlier else GENESIS
    record = AuditArchive(
        file_name=name,
        first_position=start + 1,
        last_position=end,
        previous_hash=previous,
        archived_at=utc_now(),
    )
    _write(session, folder / name, record)
    record.sha256 = _sha256(folder / name)
    check_file(folder, record)
    _delete(session, record)
    session.add(record)
    session.flush()
    return record


def check_file(folder: Path, record: ArchiveRow) -> None:
    """Recomputes the links in an archive's file. Raises ArchiveBroken with the first bad one."""
    path = folder / record.file_name
    if not path.is_file():
        raise ArchiveBroken(f"the archive {record.file_name} is missing")
    if _sha256(path) != record.sha256:
        raise ArchiveBroken(f"the archive {record.file_name} was changed")
    hash_, position = record.previous_hash, record.first_position - 1
    for link in _links(path):
        hash_, position = link_bytes(hash_, link.entry), position + 1
        if (link.position, link.hash) != (position, hash_):
            raise ArchiveBroken(f"{record.file_name} breaks at position {position}")
    if (position, hash_) != (record.last_position, record.head):
        raise ArchiveBroken(f"{record.file_name} ends at position {position}")


def check_archives(folder: Path, records: Iterable[ArchiveRow]) -> None:
    """Checks all files, the oldest first: each must follow the one before it.

    Raises ArchiveBroken with the first that does not.
    """
    previous, position = GENESIS, 0
    for record in records:
        if (record.previous_hash, record.first_position) != (previous, position + 1):
            raise ArchiveBroken(f"the archive {record.file_name} does not follow the one before it")
        check_file(folder, record)
        previous, position = record.head, record.last_position


def holds(folder: Path, record: ArchiveRow, hash_: str) -> bool:
    """Whether one of the links in an archive's file has this hash. Raises ArchiveBroken."""
    path = folder / record.file_name
    return path.is_file() and any(link.hash == hash_ for link in _links(path))


def archived_entries(folder: Path, records: Iterable[ArchiveRow]) -> Iterator[dict[str, Any]]:
    """The entries in the files, in their order. Raises ArchiveBroken."""
    for record in records:
        for link in _links(folder / record.file_name):
            yield json.loads(link.entry)


def _last_position(connection: Connection, start: int, before: datetime) -> int:
    """The last link that is old enough to go, in the order of writing; one stays in any case."""
    last = position_at(connection, before)
    old = select(func.max(SEALS.c.position)).where(SEALS.c.entry_id <= last)
    newest = select(func.max(SEALS.c.position))
    return min(connection.scalar(old) or start, (connection.scalar(newest) or 0) - 1)


def _write(session: Session, path: Path, record: AuditArchive) -> None:
    partial = path.with_suffix(".partial")
    hash_, position = record.previous_hash, record.first_position - 1
    with partial.open("wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb", mtime=0) as packed:
        for row in _rows(session, record):
            entry = canonical(row)
            hash_, position = link_bytes(hash_, entry), position + 1
            if (row["position"], row["hash"]) != (position, hash_):
                raise _breaks_at(position)
            line = {"position": position, "hash": hash_, "entry": entry.decode()}
            packed.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
            record.last_entry_id, record.until = row["id"], row["at"]
    with partial.open("rb") as raw:
        os.fsync(raw.fileno())
    partial.replace(path)
    record.head = hash_
    if position != record.last_position:
        raise _breaks_at(position + 1)


def _rows(session: Session, record: AuditArchive) -> Iterator[Any]:
    query = (
        select(SEALS.c.position, SEALS.c.hash, ENTRIES)
        .join(ENTRIES, ENTRIES.c.id == SEALS.c.entry_id)
        .where(SEALS.c.position.between(record.first_position, record.last_position))
        .order_by(SEALS.c.position)
    )
    yield from session.execute(query, execution_options={"yield_per": BATCH}).mappings()


def _links(path: Path) -> Iterator[SealedEntry]:
    """The file, line by line. Raises ArchiveBroken where that is not possible."""
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for line in file:
                link = json.loads(line)
                yield SealedEntry(link["position"], link["hash"], link["entry"].encode())
    except (OSError, EOFError, zlib.error, ValueError, TypeError, KeyError, AttributeError):
        raise _unreadable(path) from None


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file_digest(file, "sha256").hexdigest()
    except OSError:
        raise _unreadable(path) from None


def _unreadable(path: Path) -> ArchiveBroken:
    return ArchiveBroken(f"the archive {path.name} cannot be read")


def _breaks_at(position: int) -> ArchiveBroken:
    return ArchiveBroken(f"the chain breaks at position {position}")


def _delete(session: Session, record: AuditArchive) -> None:
    """Deletes the moved rows: the triggers are off inside this transaction alone."""
    restore = _lift_guard(session)
    session.execute(delete(SEALS).where(SEALS.c.position <= record.last_position))
    session.execute(delete(ENTRIES).where(ENTRIES.c.id <= record.last_entry_id))
    for statement in restore:
        session.execute(text(statement))


def _lift_guard(session: Session) -> list[str]:
    """Lets rows be deleted; returns the statements that put the triggers back."""
    if session.get_bind().dialect.name == "postgresql":
        for table in GUARDED:
            session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER {table}_no_change"))
        return [f"ALTER TABLE {table} ENABLE TRIGGER {table}_no_change" for table in GUARDED]
    restore = []
    for table in GUARDED:
        name = f"{table}_no_delete"
        query = text("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = :name")
        restore.append(session.scalar(query, {"name": name}))
        session.execute(text(f"DROP TRIGGER {name}"))
    return restore
