"""One step of a PPA's approval: from, to, who, when, comment (SPEC 7)."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from obcms.approval.rules.steps import Action
from obcms.kernel.audit.registry import Audited
from obcms.kernel.db.columns import Key, Prose
from obcms.kernel.db.types import UTCDateTime, choice, utc_now
from obcms.kernel.extensions import db
from obcms.ppas.rules.choices import ApprovalStatus


class ApprovalStep(Audited, db.Model):
    """Never changed or deleted. `taken_by_name` says who it was where no user did it."""

    __tablename__ = "approval_step"

    id: Mapped[Key]
    ppa_id: Mapped[int] = mapped_column(ForeignKey("ppa.id"), index=True)
    action: Mapped[Action] = mapped_column(choice(Action, "action"))
    from_status: Mapped[ApprovalStatus] = mapped_column(choice(ApprovalStatus, "from_status"))
    to_status: Mapped[ApprovalStatus] = mapped_column(choice(ApprovalStatus, "to_status"))
    taken_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    taken_by_name: Mapped[str] = mapped_column(String(255))
    taken_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now)
    comment: Mapped[Prose]
    # Of what was approved, by `digest_of`; empty for steps from before it was kept.
    digest: Mapped[str] = mapped_column(String(64), default="", server_default="")

    def __str__(self) -> str:
        return f"{self.action.label} ({self.from_status.label} to {self.to_status.label})"
