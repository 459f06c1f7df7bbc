"""What an act appropriates, line by line (SPEC 6)."""

from datetime import date
from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from obcms.kernel.audit.registry import Audited
from obcms.kernel.db.columns import Key, Prose, Title, Versioned
from obcms.kernel.db.kept_text import KeepsText, KeptText, for_search, search_column
from obcms.kernel.db.relations import relationship
from obcms.kernel.db.types import choice
from obcms.kernel.extensions import db
from obcms.kernel.rules import folding
from obcms.ledger.models.act import AppropriationsAct
from obcms.ledger.rules.choices import CostStructure, LineValidity
from obcms.organizations.models import Organization
from obcms.ppas.models import PPA

_KNOWN_BY = ("act_id", "cost_structure", "title_key")


class BudgetLine(Versioned, Audited, KeepsText, db.Model):
    """Without an organization while a special purpose fund is with no office."""

    __tablename__ = "budget_line"

    id: Mapped[Key]
    act_id: Mapped[int] = mapped_column(ForeignKey("act.id"), index=True)
    organization_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"), index=True)
    cost_structure: Mapped[CostStructure] = mapped_column(choice(CostStructure, "cost_structure"))
    title: Mapped[Title]
    title_key: Mapped[str] = mapped_column(String(folding.LONGEST_KEY))
    search_text: Mapped[str] = search_column()
    kept_text: ClassVar[KeptText] = {
        "title_key": (folding.name_key, ("title",)),
        "search_text": for_search("title", "uacs_code"),
    }
    uacs_code: Mapped[str] = mapped_column(String(40), default="", server_default="")
    for_later_release: Mapped[bool] = mapped_column(default=False, server_default="0")
    validity: Mapped[LineValidity] = mapped_column(
        choice(LineValidity, "validity"),
        default=LineValidity.BY_ACT,
        server_default=LineValidity.BY_ACT.value,
    )
    last_day: Mapped[date | None]
    ppa_id: Mapped[int | None] = mapped_column(ForeignKey("ppa.id"), index=True)
    remarks: Mapped[Prose]

    act: Mapped[AppropriationsAct] = relationship()
    organization: Mapped[Organization | None] = relationship()
    ppa: Mapped[PPA | None] = relationship()

    __table_args__ = (
        CheckConstraint(
            "(validity = 'own_day') = (last_day IS NOT NULL)", name="own_day_has_last_day"
        ),
        Index("uq_budget_line_of_office", "organization_id", *_KNOWN_BY, unique=True),
        Index(
            "uq_budget_line_of_none",
            *_KNOWN_BY,
            unique=True,
            sqlite_where=text("organization_id IS NULL"),
            postgresql_where=text("organization_id IS NULL"),
        ),
        {"sqlite_autoincrement": True},
    )

    @property
    def implementing_moa_id(self) -> int | None:
        """Whose line it is, as permissions ask."""
        return self.organization_id

    def __str__(self) -> str:
        return self.title
