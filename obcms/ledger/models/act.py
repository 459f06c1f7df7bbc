"""An appropriations act, and later acts that let its money be obligated longer (SPEC 6)."""

from datetime import date
from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from obcms.kernel.audit.registry import Audited
from obcms.kernel.db.columns import Key, Prose, Versioned
from obcms.kernel.db.kept_text import KeepsText, KeptText, key_column
from obcms.kernel.db.relations import relationship
from obcms.kernel.db.types import choice
from obcms.kernel.extensions import db
from obcms.kernel.rules import folding
from obcms.ledger.rules.choices import ActKind, CostStructure
from obcms.ppas.rules.choices import AppropriationClass

UNNUMBERED = "(number to be filled in)"


class AppropriationsAct(Versioned, Audited, KeepsText, db.Model):
    """`last_day_first` is for PS and the MOOE of GAS, `last_day_other` for all else."""

    __tablename__ = "act"

    id: Mapped[Key]
    number: Mapped[str] = mapped_column(String(40), unique=True)
    code_key: Mapped[str] = key_column()
    kept_text: ClassVar[KeptText] = {"code_key": (folding.code_key, ("number",))}
    fiscal_year: Mapped[int] = mapped_column(index=True)
    kind: Mapped[ActKind] = mapped_column(choice(ActKind, "kind"), default=ActKind.REGULAR)
    effectivity: Mapped[date]
    last_day_first: Mapped[date]
    last_day_other: Mapped[date]
    remarks: Mapped[Prose]

    extensions: Mapped[list["ActExtension"]] = relationship(
        foreign_keys="ActExtension.act_id", order_by="ActExtension.id"
    )

    __table_args__ = (
        CheckConstraint("last_day_first >= effectivity", name="first_after_effectivity"),
        CheckConstraint("last_day_other >= effectivity", name="other_after_effectivity"),
        {"sqlite_autoincrement": True},
    )

    @property
    def lacks_number(self) -> bool:
        """Whether an import made it before its number was known."""
        return UNNUMBERED in self.number

    def __str__(self) -> str:
        return self.number


class ActExtension(Audited, db.Model):
    """A later last day, which another act gives to a cost structure, a class, or to all."""

    __tablename__ = "act_extension"

    id: Mapped[Key]
    act_id: Mapped[int] = mapped_column(ForeignKey("act.id"), index=True)
    made_by_act: Mapped[str] = mapped_column(String(40))
    cost_structure: Mapped[CostStructure | None] = mapped_column(
        choice(CostStructure, "cost_structure")
    )
    appropriation_class: Mapped[AppropriationClass | None] = mapped_column(
        choice(AppropriationClass, "appropriation_class")
    )
    last_day: Mapped[date]

    __table_args__ = (
        CheckConstraint("made_by_act <> ''", name="names_its_act"),
        {"sqlite_autoincrement": True},
    )
