"""One change of one row, written by the session hook and never changed (SPEC 9)."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from obcms.kernel.db.types import UTCDateTime, choice
from obcms.kernel.extensions import db
from obcms.kernel.rules.choice import Choice


class AuditAction(Choice):
    INSERT = "insert"
    UPDATE = "update"
    DELETE = "delete"


class AuditEntry(db.Model):
    """`changes` maps a column to [old, new]; inserts and deletes hold the whole row.

    Money is a string of pesos in it, dates and moments are ISO 8601. `row_key` is the primary key,
    its parts joined by a slash.
    """

    __tablename__ = "audit_entry"

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    table_name: Mapped[str] = mapped_column(String(64))
    row_key: Mapped[str] = mapped_column(String(64))
    # The PPA that the row belongs to, if it does; copied, as the trail outlives the PPA too.
    ppa_id: Mapped[int | None]
    action: Mapped[AuditAction] = mapped_column(choice(AuditAction, "action"))
    changes: Mapped[dict[str, Any]] = mapped_column(JSON)
    # Copied, not referenced: the trail outlives the user it names.
    actor_id: Mapped[int | None]
    actor_name: Mapped[str] = mapped_column(String(255))
    ip_address: Mapped[str | None] = mapped_column(String(45))
    request_id: Mapped[str | None] = mapped_column(String(64))

    __table_args__ = (
        Index("ix_audit_entry_table_name_row_key", "table_name", "row_key", "id"),
        Index("ix_audit_entry_ppa_id_id", "ppa_id", "id"),
        Index("ix_audit_entry_at_id", "at", "id"),
    )
