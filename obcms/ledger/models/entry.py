"""Entries of the ledger, the obligations they stand under, and documents that move money.

Nothing posted is changed or deleted; a void is an entry of its own (SPEC 6).
"""

from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from obcms.kernel.audit.registry import Audited
from obcms.kernel.db.columns import Key, Prose, Title
from obcms.kernel.db.kept_text import KeepsText, KeptText, for_search, search_column
from obcms.kernel.db.relations import relationship
from obcms.kernel.db.types import Money, UTCDateTime, choice, utc_now
from obcms.kernel.extensions import db
from obcms.kernel.rules import folding
from obcms.ledger.models.balance import FundBalance, Sum
from obcms.ledger.rules.choices import EntryKind, MovementKind, PaymentMode, Refusal
from obcms.people.models.user import User

_LIVE = text("NOT is_void")


class Obligation(Audited, KeepsText, db.Model):
    """An obligation request (ORS) on one balance, with what is due, paid and open of it; pesos."""

    __tablename__ = "obligation"

    id: Mapped[Key]
    balance_id: Mapped[int] = mapped_column(ForeignKey("fund_balance.id"))
    ors_number: Mapped[str] = mapped_column(String(64))
    number_key: Mapped[str] = mapped_column(String(folding.LONGEST_KEY), index=True)
    search_text: Mapped[str] = search_column()
    payee: Mapped[Title]
    payee_key: Mapped[str] = mapped_column(String(folding.LONGEST_KEY), index=True)
    kept_text: ClassVar[KeptText] = {
        "number_key": (folding.code_key, ("ors_number",)),
        "payee_key": (folding.name_key, ("payee",)),
        "search_text": for_search("ors_number", "payee", "purpose"),
    }
    purpose: Mapped[Prose]
    first_posted_on: Mapped[date]
    obligated: Mapped[Sum]
    payable: Mapped[Sum]
    disbursed: Mapped[Sum]
    is_void: Mapped[bool] = mapped_column(default=False, server_default="0")

    balance: Mapped[FundBalance] = relationship()
    entries: Mapped[list["FundEntry"]] = relationship(order_by="FundEntry.id", viewonly=True)

    __table_args__ = (
        CheckConstraint("payable <= obligated", name="payable_within_obligated"),
        CheckConstraint("disbursed <= payable", name="disbursed_within_payable"),
        CheckConstraint("disbursed >= 0", name="disbursed_not_negative"),
        Index(
            "uq_obligation_number",
            "balance_id",
            "number_key",
            unique=True,
            sqlite_where=_LIVE,
            postgresql_where=_LIVE,
        ),
        {"sqlite_autoincrement": True},
    )

    @property
    def unpaid(self) -> Decimal:
        """What of it is not paid, due or not; pesos."""
        return self.obligated - self.disbursed

    def slack_of(self, limit: Refusal) -> Decimal:
        """How much can still become due, or of what is due be paid; pesos."""
        if limit is Refusal.PAYABLES:
            return self.obligated - self.payable
        return self.payable - self.disbursed

    def __str__(self) -> str:
        return self.ors_number


class FundMovement(Audited, db.Model):
    """A document that moves money: its entries sum to zero and stand or fall together.

    `ground` says for an augmentation where the savings come from.
    """

    __tablename__ = "fund_movement"

    id: Mapped[Key]
    kind: Mapped[MovementKind] = mapped_column(choice(MovementKind, "kind"))
    reference: Mapped[str] = mapped_column(String(64))
    ground: Mapped[str] = mapped_column(String(255), default="", server_default="")
    remarks: Mapped[Prose]
    posted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    posted_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now)

    posted_by: Mapped[User | None] = relationship()
    entries: Mapped[list["FundEntry"]] = relationship(order_by="FundEntry.id", viewonly=True)

    __table_args__ = (
        CheckConstraint("kind <> 'augmentation' OR ground <> ''", name="augmentation_has_ground"),
        {"sqlite_autoincrement": True},
    )

    def __str__(self) -> str:
        return self.reference


class FundEntry(Audited, KeepsText, db.Model):
    """One posting on a balance. A void repeats what it voids with the opposite sign.

    `disbursement_id` names the disbursement that is liquidated, refunded or cancelled;
    `posted_with_id` the entry under whose number this one was posted along. `is_cut` says that it
    is part of a cut of the PPA that the line funds.
    """

    __tablename__ = "fund_entry"

    id: Mapped[Key]
    balance_id: Mapped[int] = mapped_column(ForeignKey("fund_balance.id"))
    kind: Mapped[EntryKind] = mapped_column(choice(EntryKind, "kind"))
    posting_date: Mapped[date]
    document_date: Mapped[date]
    amount: Mapped[Decimal] = mapped_column(Money)
    reference: Mapped[str] = mapped_column(String(64), default="", server_default="")
    payee: Mapped[str] = mapped_column(String(255), default="", server_default="")
    payee_key: Mapped[str] = mapped_column(
        String(folding.LONGEST_KEY), index=True, default="", server_default=""
    )
    remarks: Mapped[Prose]
    search_text: Mapped[str] = search_column()
    kept_text: ClassVar[KeptText] = {
        "payee_key": (folding.name_key, ("payee",)),
        "search_text": for_search("reference", "payee", "acceptance_number", "remarks"),
    }
    uacs_object_code: Mapped[str] = mapped_column(String(20), default="", server_default="")
    obligation_id: Mapped[int | None] = mapped_column(ForeignKey("obligation.id"))
    disbursement_id: Mapped[int | None] = mapped_column(ForeignKey("fund_entry.id"), index=True)
    movement_id: Mapped[int | None] = mapped_column(ForeignKey("fund_movement.id"), index=True)
    posted_with_id: Mapped[int | None] = mapped_column(ForeignKey("fund_entry.id"), index=True)
    voids_id: Mapped[int | None] = mapped_column(ForeignKey("fund_entry.id"), unique=True)
    void_reason: Mapped[str] = mapped_column(String(255), default="", server_default="")
    acceptance_date: Mapped[date | None]
    acceptance_number: Mapped[str] = mapped_column(String(64), default="", server_default="")
    is_final: Mapped[bool] = mapped_column(default=False, server_default="0")
    mode: Mapped[PaymentMode | None] = mapped_column(choice(PaymentMode, "mode"))
    to_be_liquidated: Mapped[bool] = mapped_column(default=False, server_default="0")
    override_reason: Mapped[str] = mapped_column(Text, default="", server_default="")
    is_cut: Mapped[bool] = mapped_column(default=False, server_default="0")
    is_illustration: Mapped[bool] = mapped_column(default=False, server_default="0")
    posted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    posted_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now)

    balance: Mapped[FundBalance] = relationship()
    obligation: Mapped[Obligation | None] = relationship()
    movement: Mapped[FundMovement | None] = relationship()
    posted_with: Mapped["FundEntry | None"] = relationship(
        foreign_keys=posted_with_id, remote_side="FundEntry.id"
    )
    voids: Mapped["FundEntry | None"] = relationship(
        foreign_keys=voids_id, remote_side="FundEntry.id"
    )
    void: Mapped["FundEntry | None"] = relationship(
        foreign_keys=voids_id, uselist=False, viewonly=True
    )
    disbursement: Mapped["FundEntry | None"] = relationship(
        foreign_keys=disbursement_id, remote_side="FundEntry.id"
    )
    posted_by: Mapped[User | None] = relationship()

    __table_args__ = (
        CheckConstraint("amount <> 0", name="amount_not_zero"),
        CheckConstraint("document_date <= posting_date", name="document_before_posting"),
        CheckConstraint("(voids_id IS NULL) = (void_reason = '')", name="void_has_reason"),
        CheckConstraint(
            "amount > 0 OR voids_id IS NOT NULL OR kind IN ('appropriation_adjustment', "
            "'allotment_adjustment', 'obligation_adjustment', 'payable_adjustment', "
            "'disbursement_adjustment')",
            name="only_adjustments_signed",
        ),
        Index("ix_fund_entry_balance_day", "balance_id", "posting_date"),
        Index("ix_fund_entry_obligation_day", "obligation_id", "posting_date"),
        Index("ix_fund_entry_day", "posting_date", "id"),
        {"sqlite_autoincrement": True},
    )
