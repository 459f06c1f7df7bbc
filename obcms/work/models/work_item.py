"""A node of a PPA's work tree (SPEC 3)."""

from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar

from sqlalchemy import (
    CheckConstraint,
    Column,
    Computed,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    Table,
    UniqueConstraint,
    func,
    select,
    text,
    tuple_,
)
from sqlalchemy.orm import Mapped, aliased, column_property, mapped_column

from obcms.kernel.audit.registry import AUDITED, Audited
from obcms.kernel.db.columns import Key, Prose, Timestamped, Title
from obcms.kernel.db.kept_text import KeepsText, KeptText, for_search, search_column
from obcms.kernel.db.relations import relationship
from obcms.kernel.db.types import Money, Percent, UTCDateTime, choice
from obcms.kernel.extensions import db
from obcms.people.models.user import User
from obcms.ppas.models import PPA
from obcms.ppas.rules.choices import Priority
from obcms.work.rules.choices import WorkStatus, WorkType

work_item_assignee = Table(
    "work_item_assignee",
    db.metadata,
    Column(
        "work_item_id", Integer, ForeignKey("work_item.id", ondelete="CASCADE"), primary_key=True
    ),
    Column("user_id", Integer, ForeignKey("user_account.id"), primary_key=True, index=True),
    info=AUDITED,
)


def _index_where_given(column: str) -> Index:
    """Most items do not have such a reference."""
    given = text(f"{column} IS NOT NULL")
    name = f"ix_work_item_{column}"
    return Index(name, column, postgresql_where=given, sqlite_where=given)


class WorkItem(Timestamped, Audited, KeepsText, db.Model):
    """A piece of work below its parent, or the root of a PPA's tree; without a PPA, on its own.

    Money is in pesos, None where not set: `allocated_budget` is its own, `distributed` what its
    children take, `effective_allocation` its own or else theirs, `spent_here` what is posted on
    it, `spent_total` that and what is posted below (SPEC 5). `progress` is a percent with two
    decimals, and so is `budget_share`, its template's share of its parent's budget (SPEC 3).
    """

    __tablename__ = "work_item"

    id: Mapped[Key]
    work_type: Mapped[WorkType] = mapped_column(choice(WorkType, "work_type"))
    title: Mapped[Title]
    search_text: Mapped[str] = search_column()
    kept_text: ClassVar[KeptText] = {"search_text": for_search("title")}
    description: Mapped[Prose]
    ppa_id: Mapped[int | None]
    parent_id: Mapped[int | None]
    # A foreign key with a NULL in it is not checked, so the tree key spells "no PPA" as 0.
    tree_key: Mapped[int] = mapped_column(Computed("COALESCE(ppa_id, 0)", persisted=True))
    # Whose root this is. Items below have their parent's PPA, so only a root has to ask for it.
    root_ppa_id: Mapped[int | None] = mapped_column(
        Computed("CASE WHEN parent_id IS NULL THEN ppa_id END", persisted=True),
        ForeignKey("ppa.id"),
    )
    # Any number: a moved item gets one between its new neighbors', and these keep theirs.
    position: Mapped[float] = mapped_column(Double, default=0, server_default="0")
    status: Mapped[WorkStatus] = mapped_column(
        choice(WorkStatus, "status"), default=WorkStatus.NOT_STARTED
    )
    priority: Mapped[Priority] = mapped_column(
        choice(Priority, "priority"), default=Priority.MEDIUM
    )
    start_date: Mapped[date | None]
    end_date: Mapped[date | None]
    progress: Mapped[Decimal] = mapped_column(Percent, default=Decimal(0), server_default="0")
    auto_calculate_progress: Mapped[bool] = mapped_column(default=True, server_default="1")
    # The roll-up asks what stood here before.
    allocated_budget: Mapped[Decimal | None] = mapped_column(Money, active_history=True)
    budget_notes: Mapped[Prose]
    budget_share: Mapped[Decimal | None] = mapped_column(Percent)
    assessment_id: Mapped[int | None] = mapped_column(ForeignKey("assessment.id"))
    policy_recommendation_id: Mapped[int | None] = mapped_column(
        ForeignKey("policy_recommendation.id")
    )
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    # Derived, kept by the session hooks; never set by hand.
    completed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    cancelled_by_hand: Mapped[bool] = mapped_column(default=False, server_default="0")
    distributed: Mapped[Decimal | None] = mapped_column(Money)
    effective_allocation: Mapped[Decimal | None] = mapped_column(Money)
    spent_here: Mapped[Decimal] = mapped_column(Money, default=Decimal(0), server_default="0")
    spent_total: Mapped[Decimal] = mapped_column(Money, default=Decimal(0), server_default="0")

    # No foreign key is on just these columns, so the relations have to say what joins them.
    ppa: Mapped[PPA | None] = relationship(primaryjoin="foreign(WorkItem.ppa_id) == PPA.id")
    parent: Mapped["WorkItem | None"] = relationship(
        back_populates="children",
        primaryjoin="foreign(WorkItem.parent_id) == remote(WorkItem.id)",
    )
    children: Mapped[list["WorkItem"]] = relationship(
        back_populates="parent",
        primaryjoin="WorkItem.id == foreign(remote(WorkItem.parent_id))",
        cascade="all",
        order_by="(WorkItem.position, WorkItem.id)",
    )
    assignees: Mapped[list[User]] = relationship(
        secondary=work_item_assignee, order_by=User.username
    )

    # Computed columns are not read back, which would take a statement for each row written.
    __mapper_args__ = {"version_id_col": version, "eager_defaults": False}
    __table_args__ = (
        UniqueConstraint("tree_key", "id"),
        ForeignKeyConstraint(
            ["parent_id", "tree_key"],
            ["work_item.id", "work_item.tree_key"],
            name="fk_work_item_parent_same_ppa",
        ),
        Index("ix_work_item_ppa_id_parent_id_position", "ppa_id", "parent_id", "position"),
        Index("ix_work_item_parent_id_position_id", "parent_id", "position", "id"),
        _index_where_given("root_ppa_id"),
        _index_where_given("assessment_id"),
        _index_where_given("policy_recommendation_id"),
        Index(
            "ix_work_item_over",
            "ppa_id",
            postgresql_where=text("distributed > allocated_budget"),
            sqlite_where=text("distributed > allocated_budget"),
        ),
        CheckConstraint("progress BETWEEN 0 AND 100", name="progress_range"),
        CheckConstraint("allocated_budget >= 0", name="allocated_budget_positive"),
        CheckConstraint("budget_share BETWEEN 0 AND 100", name="budget_share_range"),
        CheckConstraint("end_date >= start_date", name="end_after_start"),
        CheckConstraint("id <> parent_id", name="not_own_parent"),
        {"sqlite_autoincrement": True},  # a number is never given twice
    )

    @property
    def tracked(self) -> bool:
        """Whether it can be changed: False in the tree of a PPA that is no longer tracked."""
        return self.ppa is None or not self.ppa.is_no_longer_tracked

    @property
    def shown_besides(self) -> tuple[int, int]:
        """What changes without its version: its place among its siblings, and tracking."""
        return self.place, int(self.tracked)

    def __str__(self) -> str:
        return self.title


_sibling = aliased(WorkItem)
# How many siblings stand before it. It is counted when asked for, since it changes with the others.
WorkItem.place = column_property(
    select(func.count(_sibling.id))
    .where(
        _sibling.parent_id == WorkItem.parent_id,
        tuple_(_sibling.position, _sibling.id) < tuple_(WorkItem.position, WorkItem.id),
    )
    .correlate_except(_sibling)
    .scalar_subquery(),
    deferred=True,
    expire_on_flush=False,
)
