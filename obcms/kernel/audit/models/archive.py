"""A part of the audit trail that was moved to a file, with its place in the chain (SPEC 9)."""

from datetime import datetime

from sqlalchemy import BigInteger, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from obcms.kernel.db.columns import Key
from obcms.kernel.db.types import UTCDateTime
from obcms.kernel.extensions import db

BIG = BigInteger().with_variant(Integer, "sqlite")


class AuditArchive(db.Model):
    """The file holds the links from `first_position` to `last_position`.

    `previous_hash` stands before the first of them, `head` is the last one's hash; `sha256` is the
    file's own. `until` is the moment of the last entry in it.
    """

    __tablename__ = "audit_archive"

    id: Mapped[Key]
    file_name: Mapped[str] = mapped_column(String(255), unique=True)
    first_position: Mapped[int] = mapped_column(BIG)
    last_position: Mapped[int] = mapped_column(BIG)
    last_entry_id: Mapped[int] = mapped_column(BIG)
    previous_hash: Mapped[str] = mapped_column(String(64))
    head: Mapped[str] = mapped_column(String(64))
    sha256: Mapped[str] = mapped_column(String(64))
    until: Mapped[datetime] = mapped_column(UTCDateTime)
    archived_at: Mapped[datetime] = mapped_column(UTCDateTime)
