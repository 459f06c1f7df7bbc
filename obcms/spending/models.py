"""Money spent on a work item: a line is posted once, and voided when wrong (SPEC 6)."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from obcms.kernel.audit.registry import Audited
from obcms.kernel.db.columns import Key
from obcms.kernel.db.relations import relationship
from obcms.kernel.db.types import Money, UTCDateTime, utc_now
from obcms.kernel.extensions import db
from obcms.people.models.user import User


class Receipt(Audited, db.Model):
    """A scanned receipt. Kept in the database, so any web process can serve it."""

    __tablename__ = "receipt"

    id: Mapped[Key]
    filename: Mapped[str] = mapped_column(String(255))
    content_type: Mapped[str] = mapped_column(String(64))
    sha256: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class Expenditure(Audited, db.Model):
    """A line spent on a work item: pesos above zero, on a day that has come (SPEC 6).

    Posted once and never changed; the one thing that can be done to it is to void it, with a
    reason, and then it counts no more.
    """

    __tablename__ = "expenditure"

    id: Mapped[Key]
    work_item_id: Mapped[int] = mapped_column(ForeignKey("work_item.id"), index=True)
    spent_on: Mapped[date]
    amount: Mapped[Decimal] = mapped_column(Money)
    description: Mapped[str] = mapped_column(String(255))
    payee: Mapped[str] = mapped_column(String(255), default="", server_default="")
    reference_number: Mapped[str] = mapped_column(String(64), default="", server_default="")
    receipt_id: Mapped[int | None] = mapped_column(ForeignKey("receipt.id"), unique=True)
    posted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    posted_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now)
    voided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    voided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    void_reason: Mapped[str | None] = mapped_column(String(255))

    receipt: Mapped[Receipt | None] = relationship()
    posted_by: Mapped[User | None] = relationship(foreign_keys=posted_by_id)
    voided_by: Mapped[User | None] = relationship(foreign_keys=voided_by_id)

    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("(voided_at IS NULL) = (void_reason IS NULL)", name="void_has_reason"),
        {"sqlite_autoincrement": True},
    )
