"""Augmentations that MFBM prepares and the executive decides (SPEC 6, "Moving money")."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from obcms.kernel.audit.registry import Audited
from obcms.kernel.db.columns import Key, Prose, Versioned
from obcms.kernel.db.relations import relationship
from obcms.kernel.db.types import UTCDateTime, utc_now
from obcms.kernel.extensions import db
from obcms.ledger.models.entry import FundMovement
from obcms.people.models.user import User


class PreparedMovement(Versioned, Audited, db.Model):
    """Nothing of it is in the ledger yet; `entries` are as `move_funds` takes them, all as text.

    Decided, it has the document that was posted, or the reason why none was.
    """

    __tablename__ = "prepared_movement"

    id: Mapped[Key]
    reference: Mapped[str] = mapped_column(String(64))
    ground: Mapped[str] = mapped_column(String(255))
    remarks: Mapped[Prose]
    entries: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    prepared_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    prepared_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)
    drop_reason: Mapped[Prose]
    movement_id: Mapped[int | None] = mapped_column(ForeignKey("fund_movement.id"))

    prepared_by: Mapped[User | None] = relationship(foreign_keys=prepared_by_id)
    movement: Mapped[FundMovement | None] = relationship()

    __table_args__ = (
        CheckConstraint("ground <> ''", name="has_ground"),
        CheckConstraint(
            "decided_at IS NULL OR movement_id IS NOT NULL OR drop_reason <> ''",
            name="decided_one_way",
        ),
        {"sqlite_autoincrement": True},
    )

    def __str__(self) -> str:
        return self.reference
