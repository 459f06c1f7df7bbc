"""Moving the oldest part of the trail to a file, with the chain intact (SPEC 9).

The file is complete, flushed and read back before a row is deleted; the deletion and the record of
the archive are one transaction. A crash at any point leaves the rows, or the file and its record.
"""

import gzip
import json
import os
from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, delete, func, select, text
from sqlalchemy.orm import Session

from obcms.kernel.audit.chain import GENESIS, canonical, link_bytes
from obcms.kernel.audit.models import ARCHIVES, ENTRIES, SEALS, AuditArchive
from obcms.kernel.db.types import utc_now

FOLDER = "audit"
BATCH = 2_000
GUARDED = ("audit_entry", "audit_seal")


class ArchiveBroken(RuntimeError):
    """The part to be archived, or a file written earlier, does not follow the chain."""


def last_archive(connection: Connection) -> Row[Any] | None:
    """The newest archive's row, behind which the chain in the database begins."""
    newest = select(ARCHIVES).order_by(ARCHIVES.c.id.desc()).limit(1)
    return connection.execute(newest).one_or_none()


def archive(session: Session, instance: Path, before: datetime) -> AuditArchive | None:
    """Moves the sealed entries older than `before`; None where there are none.

    The chain's last link always stays, so that sealing has something to go on from. Raises
    ArchiveBroken, and moves nothing, where an entry is not as it was sealed.
    """
    earlier = last_archive(session.connection())
    start = earlier.last_position if earlier else 0
    end = _last_position(session, start, before)
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


def check_file(folder: Path, record: AuditArchive) -> None:
    """Recomputes the links in an archive's file. Raises ArchiveBroken with the first bad one."""
    path = folder / record.file_name
    if not path.is_file():
        raise ArchiveBroken(f"the archive {record.file_name} is missing")
    if _sha256(path) != record.sha256:
        raise ArchiveBroken(f"the archive {record.file_name} was changed")
    hash_, position = record.previous_hash, record.first_position - 1
    for line in _lines(path):
        hash_, position = link_bytes(hash_, line["entry"].encode()), position + 1
        if (line["position"], line["hash"]) != (position, hash_):
            raise ArchiveBroken(f"{record.file_name} breaks at position {position}")
    if (position, hash_) != (record.last_position, record.head):
        raise ArchiveBroken(f"{record.file_name} ends at position {position}")


def holds(folder: Path, record: AuditArchive, hash_: str) -> bool:
    """Whether one of the links in an archive's file has this hash."""
    path = folder / record.file_name
    return path.is_file() and any(line["hash"] == hash_ for line in _lines(path))


def _last_position(session: Session, start: int, before: datetime) -> int:
    """The last link before the first entry that is young enough to stay."""
    first_kept = (
        select(func.min(SEALS.c.position))
        .join(ENTRIES, ENTRIES.c.id == SEALS.c.entry_id)
        .where(ENTRIES.c.at >= before, SEALS.c.position > start)
    )
    newest = session.scalar(select(func.max(SEALS.c.position))) or 0
    return (session.scalar(first_kept) or newest) - 1


def _write(session: Session, path: Path, record: AuditArchive) -> None:
    partial = path.with_suffix(".partial")
    hash_, position = record.previous_hash, record.first_position - 1
    with partial.open("wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb", mtime=0) as packed:
        for row in _rows(session, record):
            entry = canonical(row)
            hash_, position = link_bytes(hash_, entry), position + 1
            if (row["position"], row["hash"]) != (position, hash_):
                raise ArchiveBroken(f"the chain breaks at position {position}")
            line = {"position": position, "hash": hash_, "entry": entry.decode()}
            packed.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
            record.last_entry_id, record.until = row["id"], row["at"]
    with partial.open("rb") as raw:
        os.fsync(raw.fileno())
    partial.replace(path)
    record.head = hash_
    if position != record.last_position:
        raise ArchiveBroken(f"the chain breaks at position {position + 1}")


def _rows(session: Session, record: AuditArchive) -> Iterator[Any]:
    query = (
        select(SEALS.c.position, SEALS.c.hash, ENTRIES)
        .join(ENTRIES, ENTRIES.c.id == SEALS.c.entry_id)
        .where(SEALS.c.position.between(record.first_position, record.last_position))
        .order_by(SEALS.c.position)
    )
    yield from session.execute(query, execution_options={"yield_per": BATCH}).mappings()


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        digest = sha256()
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


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
