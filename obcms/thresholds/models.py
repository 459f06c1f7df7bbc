"""The thresholds that differ from their defaults."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from obcms.kernel.audit.registry import Audited
from obcms.kernel.db.columns import Key
from obcms.kernel.db.relations import relationship
from obcms.kernel.db.types import Figure, UTCDateTime, utc_now
from obcms.kernel.extensions import db
from obcms.people.models import User


class ThresholdValue(Audited, db.Model):
    """A value in the place of a declared default, and who set it; no row where the default holds.

    `changed_by` is empty where a command set it.
    """

    __tablename__ = "threshold"

    id: Mapped[Key]
    key: Mapped[str] = mapped_column(String(64), unique=True)
    value: Mapped[Decimal] = mapped_column(Figure)
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now)

    changed_by: Mapped[User | None] = relationship()

    __table_args__ = (
        CheckConstraint("value >= 0", name="value_positive"),
        {"sqlite_autoincrement": True},
    )
