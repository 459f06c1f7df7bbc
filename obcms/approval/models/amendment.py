"""A change of an approved PPA by MFBM, or by a document that moves money (SPEC 6, 7)."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from obcms.approval.rules.choices import AmendmentKind
from obcms.kernel.audit.registry import Audited
from obcms.kernel.db.columns import Key
from obcms.kernel.db.relations import relationship
from obcms.kernel.db.types import UTCDateTime, choice, utc_now
from obcms.kernel.extensions import db
from obcms.people.models.user import User
from obcms.ppas.models import PPA


class Amendment(Audited, db.Model):
    """`changes` maps a field to [before, after] as text; amounts are strings of pesos.

    A realignment, of which there are no new ones, is two of these, each naming the other PPA as its
    counterpart.
    """

    __tablename__ = "ppa_amendment"

    id: Mapped[Key]
    ppa_id: Mapped[int] = mapped_column(ForeignKey("ppa.id"), index=True)
    kind: Mapped[AmendmentKind] = mapped_column(choice(AmendmentKind, "kind"))
    counterpart_id: Mapped[int | None] = mapped_column(ForeignKey("ppa.id"))
    changes: Mapped[dict[str, Any]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(Text)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now)

    counterpart: Mapped[PPA | None] = relationship(foreign_keys=counterpart_id)
    made_by: Mapped[User | None] = relationship()

    __table_args__ = (
        CheckConstraint("reason <> ''", name="has_reason"),
        {"sqlite_autoincrement": True},
    )
