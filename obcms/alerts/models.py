"""An alert: one open row for each kind and subject (SPEC 10)."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, ForeignKey, Index, String, case, text
from sqlalchemy.orm import Mapped, mapped_column

from obcms.alerts.rules.choices import AlertKind, AlertLevel, AlertState
from obcms.kernel.audit.registry import Audited
from obcms.kernel.db.columns import Key, Prose, Title, Versioned
from obcms.kernel.db.relations import relationship
from obcms.kernel.db.types import Figure, Money, UTCDateTime, choice
from obcms.kernel.extensions import db
from obcms.organizations.models import Organization
from obcms.people.models import User

IS_OPEN = text("resolved_at IS NULL")


class Alert(Versioned, Audited, db.Model):
    """Figures as they were when it was raised and as they are now; `figures_at` is of the latter.

    `ppa_id` and `work_item_id` are no foreign keys: an alert outlives its subject, and says so.
    `work_item_id` is None where the PPA itself is the subject. `moa_id` decides who may see it, and
    follows the PPA. `used` is what was spent, or distributed.
    """

    __tablename__ = "alert"

    id: Mapped[Key]
    kind: Mapped[AlertKind] = mapped_column(choice(AlertKind, "kind"))
    level: Mapped[AlertLevel] = mapped_column(choice(AlertLevel, "level"))
    subject: Mapped[str] = mapped_column(String(40))  # `ppa 7`, or `item 45`
    ppa_id: Mapped[int] = mapped_column(index=True)
    work_item_id: Mapped[int | None]
    moa_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"), index=True)
    code: Mapped[str] = mapped_column(String(40))
    title: Mapped[Title]

    threshold_then: Mapped[Decimal] = mapped_column(Figure)
    allocated_then: Mapped[Decimal | None] = mapped_column(Money)
    used_then: Mapped[Decimal] = mapped_column(Money)
    figure_then: Mapped[Decimal | None] = mapped_column(Figure)
    allocated_now: Mapped[Decimal | None] = mapped_column(Money)
    used_now: Mapped[Decimal] = mapped_column(Money)
    figure_now: Mapped[Decimal | None] = mapped_column(Figure)
    figures_at: Mapped[datetime] = mapped_column(UTCDateTime)

    opened_at: Mapped[datetime] = mapped_column(UTCDateTime)
    escalated_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    acknowledged_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    acknowledged_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    note: Mapped[Prose]
    resolved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    why_resolved: Mapped[Prose]

    moa: Mapped[Organization | None] = relationship()
    acknowledged_by: Mapped[User | None] = relationship()

    __table_args__ = (
        Index(
            "uq_alert_open",
            "kind",
            "subject",
            unique=True,
            postgresql_where=IS_OPEN,
            sqlite_where=IS_OPEN,
        ),
        {"sqlite_autoincrement": True},
    )

    @property
    def state(self) -> AlertState:
        """Open, acknowledged or resolved."""
        if self.resolved_at is not None:
            return AlertState.RESOLVED
        return AlertState.OPEN if self.acknowledged_at is None else AlertState.ACKNOWLEDGED

    @property
    def implementing_moa_id(self) -> int | None:
        """Whose it is, as permissions ask."""
        return self.moa_id


def state_of_alert() -> ColumnElement[str]:
    """The state as SQL has it, for filters."""
    return case(
        (Alert.resolved_at.is_not(None), AlertState.RESOLVED.value),
        (Alert.acknowledged_at.is_not(None), AlertState.ACKNOWLEDGED.value),
        else_=AlertState.OPEN.value,
    )
