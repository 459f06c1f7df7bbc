"""Who wrote any of what is approved, kept whatever becomes of the trail (SPEC 7, 9)."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from obcms.kernel.audit.registry import Audited
from obcms.kernel.extensions import db


class ApprovalWriter(Audited, db.Model):
    """A user who changed any of what is approved; who added the PPA stands in its own row."""

    __tablename__ = "approval_writer"

    ppa_id: Mapped[int] = mapped_column(ForeignKey("ppa.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user_account.id"), primary_key=True, index=True
    )
