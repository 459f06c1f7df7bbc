"""A program, project or activity: what the appropriations act funds (SPEC 2)."""

from datetime import date
from decimal import Decimal
from typing import ClassVar

from sqlalchemy import CheckConstraint, Column, ForeignKey, Integer, String, Table, Text
from sqlalchemy.orm import Mapped, mapped_column

from obcms.kernel.audit.registry import AUDITED, Audited
from obcms.kernel.db.columns import Key, Prose, Timestamped, Title
from obcms.kernel.db.kept_text import (
    KeepsText,
    KeptText,
    for_search,
    key_column,
    search_column,
)
from obcms.kernel.db.relations import relationship
from obcms.kernel.db.types import Money, Percent, choice
from obcms.kernel.extensions import db
from obcms.kernel.rules import folding
from obcms.organizations.models import Organization
from obcms.people.models.user import User
from obcms.ppas.rules.choices import (
    SETTLED,
    AppropriationClass,
    ApprovalStatus,
    Category,
    DeliveryFlag,
    FundingSource,
    PPAStatus,
    Priority,
    ProgressWeighting,
    Sector,
)
from obcms.ppas.rules.order import ORDERED

ppa_supporting_organization = Table(
    "ppa_supporting_organization",
    db.metadata,
    Column("ppa_id", Integer, ForeignKey("ppa.id", ondelete="CASCADE"), primary_key=True),
    Column("organization_id", Integer, ForeignKey("organization.id"), primary_key=True, index=True),
    info=AUDITED,
)


class PPA(Timestamped, Audited, KeepsText, db.Model):
    """A program, project or activity under one unique code, with its approval and its figures.

    Money is in pesos: None is not set, zero is a value. `progress` is a percent with two decimals,
    `fiscal_year` the year of its work, `appropriation_year` that of the act. `version` rises with
    every change that an answer shows, to derived figures and parts too (SPEC 2).
    """

    __tablename__ = "ppa"

    id: Mapped[Key]
    code: Mapped[str] = mapped_column(String(40), unique=True)
    title: Mapped[Title]
    code_key: Mapped[str] = key_column()
    search_text: Mapped[str] = search_column()
    kept_text: ClassVar[KeptText] = {
        "code_key": (folding.code_key, ("code",)),
        "search_text": for_search("code", "title"),
    }
    summary: Mapped[Prose]
    remarks: Mapped[Prose]
    category: Mapped[Category] = mapped_column(
        choice(Category, "category"), default=Category.MOA_PPA
    )
    implementing_moa_id: Mapped[int | None] = mapped_column(
        ForeignKey("organization.id"), index=True
    )
    sector: Mapped[Sector | None] = mapped_column(choice(Sector, "sector"))
    fiscal_year: Mapped[int] = mapped_column(index=True)
    appropriation_year: Mapped[int | None]
    appropriation_class: Mapped[AppropriationClass | None] = mapped_column(
        choice(AppropriationClass, "appropriation_class")
    )
    funding_source: Mapped[FundingSource | None] = mapped_column(
        choice(FundingSource, "funding_source")
    )
    funding_source_other: Mapped[str] = mapped_column(String(255), default="", server_default="")
    plan_reference: Mapped[str] = mapped_column(String(255), default="", server_default="")
    moral_governance_pillar: Mapped[str] = mapped_column(String(255), default="", server_default="")
    supports_gender: Mapped[bool] = mapped_column(default=False, server_default="0")
    supports_climate: Mapped[bool] = mapped_column(default=False, server_default="0")
    supports_indigenous_peoples: Mapped[bool] = mapped_column(default=False, server_default="0")
    supports_peace_agenda: Mapped[bool] = mapped_column(default=False, server_default="0")
    supports_sdg: Mapped[bool] = mapped_column(default=False, server_default="0")
    budget_ceiling: Mapped[Decimal | None] = mapped_column(Money)
    budget_allocation: Mapped[Decimal | None] = mapped_column(Money)
    # Why the allocation was last cut by law, in MFBM's words.
    allocation_note: Mapped[Prose]
    obc_share: Mapped[Decimal | None] = mapped_column(Money)
    total_slots: Mapped[int | None]
    obc_slots: Mapped[int | None]
    start_date: Mapped[date | None]
    target_end_date: Mapped[date | None]
    actual_end_date: Mapped[date | None]
    status: Mapped[PPAStatus] = mapped_column(
        choice(PPAStatus, "status"), default=PPAStatus.PLANNING
    )
    priority: Mapped[Priority] = mapped_column(
        choice(Priority, "priority"), default=Priority.MEDIUM
    )
    progress: Mapped[Decimal] = mapped_column(Percent, default=Decimal(0), server_default="0")
    approval_status: Mapped[ApprovalStatus] = mapped_column(
        choice(ApprovalStatus, "approval_status"), default=ApprovalStatus.DRAFT
    )
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    updated_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    enable_workitem_tracking: Mapped[bool] = mapped_column(default=False, server_default="0")
    # Why tracking was disabled, where a reason had to be given.
    tracking_note: Mapped[Prose]
    execution_project_id: Mapped[int | None] = mapped_column(
        ForeignKey("work_item.id", name="fk_ppa_execution_project_id", use_alter=True),
        unique=True,
        index=True,
    )
    budget_distribution_policy: Mapped[str] = mapped_column(
        String(64), default="activity", server_default="activity"
    )
    auto_sync_progress: Mapped[bool] = mapped_column(default=True, server_default="1")
    auto_sync_status: Mapped[bool] = mapped_column(default=True, server_default="1")
    progress_weighting: Mapped[ProgressWeighting] = mapped_column(
        choice(ProgressWeighting, "progress_weighting"),
        default=ProgressWeighting.EQUAL,
        server_default=ProgressWeighting.EQUAL.value,
    )

    # Derived by the roll-up from the execution project; never set by hand.
    delivery_flag: Mapped[DeliveryFlag | None] = mapped_column(
        choice(DeliveryFlag, "delivery_flag")
    )
    over_distributed: Mapped[Decimal] = mapped_column(Money, default=Decimal(0), server_default="0")

    implementing_moa: Mapped[Organization | None] = relationship()
    supporting_organizations: Mapped[list[Organization]] = relationship(
        secondary=ppa_supporting_organization, order_by=Organization.acronym
    )
    created_by: Mapped[User | None] = relationship(foreign_keys=created_by_id)
    updated_by: Mapped[User | None] = relationship(foreign_keys=updated_by_id)
    milestones: Mapped[list["Milestone"]] = relationship(
        cascade="all, delete-orphan",
        order_by="(Milestone.position, Milestone.id)",
    )

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        CheckConstraint("progress BETWEEN 0 AND 100", name="progress_range"),
        CheckConstraint("budget_ceiling >= 0", name="budget_ceiling_positive"),
        CheckConstraint("budget_allocation >= 0", name="budget_allocation_positive"),
        CheckConstraint("obc_share >= 0", name="obc_share_positive"),
        CheckConstraint("total_slots >= 0", name="total_slots_positive"),
        CheckConstraint("obc_slots >= 0", name="obc_slots_positive"),
        *(CheckConstraint(f"{one.smaller} <= {one.larger}", name=one.name) for one in ORDERED),
        CheckConstraint(
            "category <> 'moa_ppa' OR implementing_moa_id IS NOT NULL", name="moa_ppa_has_moa"
        ),
        CheckConstraint(
            "NOT enable_workitem_tracking OR execution_project_id IS NOT NULL "
            "OR approval_status = 'draft'",
            name="tracked_has_project",
        ),
        CheckConstraint("over_distributed >= 0", name="over_distributed_positive"),
        {"sqlite_autoincrement": True},  # a number is never given twice
    )

    @property
    def has_work_tree(self) -> bool:
        """Whether the PPA follows a work tree. A tracked draft may get it on submission."""
        return self.enable_workitem_tracking and self.execution_project_id is not None

    @property
    def is_settled(self) -> bool:
        """Whether it is approved, so that what was approved changes only by a verb of its own."""
        return self.approval_status in SETTLED

    @property
    def is_no_longer_tracked(self) -> bool:
        """Whether tracking was disabled: the tree is kept, counts and can be read (SPEC 3)."""
        return not self.enable_workitem_tracking and self.execution_project_id is not None

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class Milestone(Audited, db.Model):
    """A dated point in a PPA's plan; the milestone template makes one activity of each."""

    __tablename__ = "ppa_milestone"

    id: Mapped[Key]
    ppa_id: Mapped[int] = mapped_column(ForeignKey("ppa.id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(default=0, server_default="0")
    title: Mapped[Title]
    due_date: Mapped[date | None]
    notes: Mapped[str] = mapped_column(Text, default="", server_default="")

    __table_args__ = ({"sqlite_autoincrement": True},)

    def __str__(self) -> str:
        return self.title
