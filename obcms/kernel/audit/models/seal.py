"""One link of the chain that seals the audit trail (SPEC 9)."""

from datetime import datetime

from sqlalchemy import BigInteger, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from obcms.kernel.db.types import UTCDateTime
from obcms.kernel.extensions import db

BIG = BigInteger().with_variant(Integer, "sqlite")


class AuditSeal(db.Model):
    """`hash` is SHA-256 of the hash before it and the entry, so no earlier entry can change.

    The entry is named, not referenced: a deleted entry must stay visible as a gap.
    """

    __tablename__ = "audit_seal"

    position: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=False)
    entry_id: Mapped[int] = mapped_column(BIG, unique=True)
    hash: Mapped[str] = mapped_column(String(64))
    sealed_at: Mapped[datetime] = mapped_column(UTCDateTime)
