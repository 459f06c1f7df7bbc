"""An obligation request on one screen: over all the lines that it is on (SPEC 6, "Documents")."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import aliased, contains_eager, joinedload

from obcms.kernel.extensions import db
from obcms.kernel.permissions import Actor, visible
from obcms.ledger.models import BudgetLine, FundBalance, FundEntry, Obligation
from obcms.ledger.rules.choices import EntryKind, PaymentMode
from obcms.ledger.rules.unpaid import open_since


@dataclass(frozen=True, slots=True)
class ListedEntry:
    """An entry under an obligation; `open` is what of a cash advance is not liquidated; pesos."""

    entry: FundEntry
    voided_by: FundEntry | None
    open: Decimal


@dataclass(frozen=True, slots=True)
class LineOfORS:
    """What an ORS has on one line, class and cluster, and since when what is owed; pesos."""

    obligation: Obligation
    entries: Sequence[ListedEntry]
    due_since: date | None
    not_due_since: date | None
    final: ListedEntry | None

    @property
    def due(self) -> Decimal:
        """Due and demandable, and unpaid."""
        return self.obligation.payable - self.obligation.disbursed

    @property
    def not_yet_due(self) -> Decimal:
        """Obligated, and not accepted yet."""
        return self.obligation.obligated - self.obligation.payable

    @property
    def remainder(self) -> Decimal:
        """What a NORSA would take back, once a payable is final."""
        return self.not_yet_due if self.final else Decimal(0)


def read_ors(actor: Actor, obligation: Obligation) -> list[LineOfORS]:
    """All that the office has under the ORS number in the act's year; three queries."""
    line = obligation.balance.line
    query = (
        select(Obligation)
        .join(Obligation.balance)
        .join(FundBalance.line)
        .join(BudgetLine.act)
        .options(
            contains_eager(Obligation.balance)
            .contains_eager(FundBalance.line)
            .contains_eager(BudgetLine.act)
        )
        .where(
            Obligation.number_key == obligation.number_key,
            BudgetLine.organization_id == line.organization_id,
            BudgetLine.act_id == line.act_id,
            visible(actor, BudgetLine.organization_id),
        )
        .order_by(Obligation.id)
    )
    found = list(db.session.scalars(query))
    entries = _entries([one.id for one in found])
    return [_line_of(one, [e for e in entries if e.entry.obligation_id == one.id]) for one in found]


def _entries(obligation_ids: list[int]) -> list[ListedEntry]:
    void = aliased(FundEntry)
    query = (
        select(FundEntry, void)
        .outerjoin(void, void.voids_id == FundEntry.id)
        .where(FundEntry.obligation_id.in_(obligation_ids))
        .options(joinedload(FundEntry.posted_by), joinedload(FundEntry.disbursement))
        .order_by(FundEntry.posting_date, FundEntry.id)
    )
    rows = db.session.execute(query).all()
    return [ListedEntry(entry, voided_by, _open(entry, rows)) for entry, voided_by in rows]


def _open(entry: FundEntry, rows: Sequence[tuple[FundEntry, FundEntry | None]]) -> Decimal:
    """What of a disbursement that asks for it is neither liquidated nor taken back."""
    asks = entry.to_be_liquidated or entry.mode is PaymentMode.CASH_ADVANCE
    if entry.kind is not EntryKind.DISBURSEMENT or not asks or entry.voids_id is not None:
        return Decimal(0)
    left = entry.amount
    for one, _ in rows:
        if one.disbursement_id == entry.id:
            left += -one.amount if one.kind is EntryKind.LIQUIDATION else one.amount
    return left


def _line_of(obligation: Obligation, entries: list[ListedEntry]) -> LineOfORS:
    def came(*kinds: EntryKind) -> list[tuple[date, Decimal]]:
        return [(e.entry.posting_date, e.entry.amount) for e in entries if e.entry.kind in kinds]

    due = obligation.payable - obligation.disbursed
    not_due = obligation.obligated - obligation.payable
    finals = [e for e in entries if e.entry.is_final and not e.voided_by and not e.entry.voids_id]
    return LineOfORS(
        obligation,
        entries,
        open_since(came(EntryKind.PAYABLE, EntryKind.PAYABLE_ADJUSTMENT), due),
        open_since(came(EntryKind.OBLIGATION, EntryKind.OBLIGATION_ADJUSTMENT), not_due),
        finals[-1] if finals else None,
    )
