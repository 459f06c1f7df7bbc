"""One application of a budget distribution, kept so that it can be explained and undone."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from obcms.kernel.audit.registry import Audited
from obcms.kernel.audit.wording import REFERS_TO
from obcms.kernel.db.columns import Key
from obcms.kernel.db.relations import relationship
from obcms.kernel.db.types import UTCDateTime, choice, utc_now
from obcms.kernel.extensions import db
from obcms.people.models.user import User
from obcms.work.models.work_item import WorkItem
from obcms.work.rules.choices import DistributionMethod


class DistributionBatch(Audited, db.Model):
    """Amounts in `before` and `after` are strings of pesos (or null) by work item id."""

    __tablename__ = "distribution_batch"

    id: Mapped[Key]
    ppa_id: Mapped[int] = mapped_column(ForeignKey("ppa.id"), index=True)
    # No foreign key: the batch outlives the item it was applied to.
    parent_id: Mapped[int] = mapped_column(info={REFERS_TO: "work_item"})
    method: Mapped[DistributionMethod] = mapped_column(choice(DistributionMethod, "method"))
    parameters: Mapped[dict[str, Any]] = mapped_column(JSON)
    before: Mapped[dict[str, Any]] = mapped_column(JSON)
    after: Mapped[dict[str, Any]] = mapped_column(JSON)
    applied_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    applied_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now)
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    undone_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    parent: Mapped[WorkItem | None] = relationship(
        primaryjoin=lambda: DistributionBatch.parent_id == WorkItem.id,
        foreign_keys=lambda: [DistributionBatch.parent_id],
        viewonly=True,
    )
    applied_by: Mapped[User | None] = relationship(foreign_keys=applied_by_id)
    undone_by: Mapped[User | None] = relationship(foreign_keys=undone_by_id)
