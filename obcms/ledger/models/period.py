"""Which quarters are closed, and who closed and reopened them (SPEC 6, "Periods")."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from obcms.kernel.audit.registry import Audited
from obcms.kernel.db.columns import Key, Prose
from obcms.kernel.db.relations import relationship
from obcms.kernel.db.types import UTCDateTime, choice, utc_now
from obcms.kernel.extensions import db
from obcms.ledger.rules.choices import QuarterAction
from obcms.people.models.user import User


class LedgerPeriod(db.Model):
    """The one row that whoever posts holds shared, and whoever closes holds alone.

    `closed_through` is the last day of the last closed quarter; quarters close in order.
    """

    __tablename__ = "ledger_period"

    id: Mapped[Key]
    closed_through: Mapped[date | None]

    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)


class QuarterClosing(Audited, db.Model):
    """One closing, or one reopening with its reason."""

    __tablename__ = "quarter_closing"

    id: Mapped[Key]
    year: Mapped[int]
    quarter: Mapped[int]
    action: Mapped[QuarterAction] = mapped_column(choice(QuarterAction, "action"))
    reason: Mapped[Prose]
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    done_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now)

    done_by: Mapped[User | None] = relationship()

    __table_args__ = (
        CheckConstraint("quarter BETWEEN 1 AND 4", name="quarter_of_the_year"),
        CheckConstraint("action <> 'reopen' OR reason <> ''", name="reopening_has_reason"),
        {"sqlite_autoincrement": True},
    )
