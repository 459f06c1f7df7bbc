"""What the entries of a line come to: the present state that is locked, and its quarters.

Both follow from the entries alone and are written with them, under the balance's lock.
"""

from decimal import Decimal
from typing import Annotated

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from obcms.kernel.db.columns import Key
from obcms.kernel.db.relations import relationship
from obcms.kernel.db.types import Money, choice
from obcms.kernel.extensions import db
from obcms.ledger.models.line import BudgetLine
from obcms.ledger.rules.choices import FundCluster, Refusal
from obcms.ppas.rules.choices import AppropriationClass

Sum = Annotated[Decimal, mapped_column(Money, default=Decimal(0), server_default="0")]


class FundBalance(db.Model):
    """Of a line, an allotment class and a fund cluster; adjusted amounts, in pesos.

    `excess` is by how much an override lets obligations be above allotments at present.
    """

    __tablename__ = "fund_balance"

    id: Mapped[Key]
    line_id: Mapped[int] = mapped_column(ForeignKey("budget_line.id"))
    appropriation_class: Mapped[AppropriationClass] = mapped_column(
        choice(AppropriationClass, "appropriation_class")
    )
    fund_cluster: Mapped[FundCluster] = mapped_column(choice(FundCluster, "fund_cluster"))
    appropriated: Mapped[Sum]
    allotted: Mapped[Sum]
    obligated: Mapped[Sum]
    payable: Mapped[Sum]
    disbursed: Mapped[Sum]
    excess: Mapped[Sum]

    line: Mapped[BudgetLine] = relationship()

    __table_args__ = (
        UniqueConstraint("line_id", "appropriation_class", "fund_cluster"),
        CheckConstraint("allotted <= appropriated", name="allotted_within_appropriated"),
        CheckConstraint("obligated <= allotted + excess", name="obligated_within_allotted"),
        CheckConstraint("payable <= obligated", name="payable_within_obligated"),
        CheckConstraint("disbursed <= payable", name="disbursed_within_payable"),
        CheckConstraint("disbursed >= 0", name="disbursed_not_negative"),
        CheckConstraint("allotted >= 0", name="allotted_not_negative"),
        CheckConstraint("excess >= 0", name="excess_not_negative"),
        {"sqlite_autoincrement": True},
    )

    def slack_of(self, limit: Refusal) -> Decimal:
        """How much can still be allotted, or of what is allotted be obligated; pesos."""
        if limit is Refusal.ALLOTMENTS:
            return self.appropriated - self.allotted
        return self.allotted - self.obligated

    @property
    def due(self) -> Decimal:
        """What of it is due and not paid; pesos."""
        return self.payable - self.disbursed


class FundTotal(db.Model):
    """What a quarter's entries add to each column, by posting date; pesos.

    The `earlier_` ones are of obligations that were first posted in an earlier year.
    """

    __tablename__ = "fund_total"

    balance_id: Mapped[int] = mapped_column(ForeignKey("fund_balance.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    quarter: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    appropriations: Mapped[Sum]
    appropriation_adjustments: Mapped[Sum]
    allotments: Mapped[Sum]
    allotment_adjustments: Mapped[Sum]
    transferred_to: Mapped[Sum]
    transferred_from: Mapped[Sum]
    obligations: Mapped[Sum]
    earlier_obligations: Mapped[Sum]
    payables: Mapped[Sum]
    earlier_payables: Mapped[Sum]
    disbursements: Mapped[Sum]
    earlier_disbursements: Mapped[Sum]

    __table_args__ = (CheckConstraint("quarter BETWEEN 1 AND 4", name="quarter_of_the_year"),)
