"""Disbursements of a PPA's lines beside the expenditure on its work items (SPEC 6)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from obcms.kernel.extensions import db
from obcms.kernel.rules.folding import code_key
from obcms.ledger.models import BudgetLine, FundBalance, FundEntry
from obcms.ledger.reads.advances import outstanding
from obcms.ledger.rules.choices import EntryKind, PaymentMode
from obcms.ledger.rules.registries import CHANGES
from obcms.spending.models import Expenditure
from obcms.work.models import WorkItem

ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class SpentDocument:
    """A document's number with what is disbursed and what is spent under it; pesos."""

    number: str
    disbursed: Decimal
    spent: Decimal

    @property
    def difference(self) -> Decimal:
        """Disbursed less spent."""
        return self.disbursed - self.spent


@dataclass(frozen=True, slots=True)
class Unreconciled:
    """What both sides come to, and the documents that make up the difference; pesos."""

    disbursed: Decimal
    spent: Decimal
    not_liquidated: Decimal
    only_disbursed: Sequence[SpentDocument] = field(default_factory=list)
    only_spent: Sequence[SpentDocument] = field(default_factory=list)
    on_both: Sequence[SpentDocument] = field(default_factory=list)

    @property
    def difference(self) -> Decimal:
        """Disbursed less spent."""
        return self.disbursed - self.spent

    def parts(self) -> list[tuple[str, Sequence[SpentDocument]]]:
        """What makes up the difference, in words."""
        told = (
            ("Disbursed under a number that no work item has", self.only_disbursed),
            ("Spent on work items under a number that no disbursement has", self.only_spent),
            ("On both sides with other amounts", self.on_both),
        )
        return [(words, documents) for words, documents in told if documents]


def sum_of_differences(documents: Iterable[SpentDocument]) -> Decimal:
    """Pesos."""
    return sum((one.difference for one in documents), ZERO)


def unreconciled(ppa_id: int) -> Unreconciled:
    """Compared by document number, as numbers are folded; a refund counts at what it refunds.

    Three queries.
    """
    numbers: dict[str, str] = {}
    disbursed, spent = _by_key(_disbursed(ppa_id), numbers), _by_key(_spent(ppa_id), numbers)
    found = [
        SpentDocument(
            numbers[key] or "without a number", disbursed.get(key, ZERO), spent.get(key, ZERO)
        )
        for key in sorted({*disbursed, *spent})
    ]
    apart = [one for one in found if one.difference]
    return Unreconciled(
        sum(disbursed.values(), ZERO),
        sum(spent.values(), ZERO),
        _not_liquidated(ppa_id),
        [one for one in apart if not one.spent],
        [one for one in apart if not one.disbursed],
        [one for one in apart if one.spent and one.disbursed],
    )


def _by_key(rows: Iterable[tuple[str, Decimal]], numbers: dict[str, str]) -> dict[str, Decimal]:
    found: defaultdict[str, Decimal] = defaultdict(Decimal)
    for number, amount in rows:
        key = code_key(number)
        numbers.setdefault(key, number)
        found[key] += amount
    return found


def _disbursed(ppa_id: int) -> Iterable[tuple[str, Decimal]]:
    of = aliased(FundEntry)
    number = func.coalesce(of.reference, FundEntry.reference)
    query = (
        select(number, func.sum(FundEntry.amount))
        .join(FundEntry.balance)
        .join(FundBalance.line)
        .outerjoin(of, of.id == FundEntry.disbursement_id)
        .where(BudgetLine.ppa_id == ppa_id, FundEntry.kind.in_(CHANGES["disbursed"]))
        .group_by(number)
    )
    return db.session.execute(query).tuples()


def _spent(ppa_id: int) -> Iterable[tuple[str, Decimal]]:
    query = (
        select(Expenditure.reference_number, func.sum(Expenditure.amount))
        .join(WorkItem, WorkItem.id == Expenditure.work_item_id)
        .where(WorkItem.ppa_id == ppa_id, Expenditure.voided_at.is_(None))
        .group_by(Expenditure.reference_number)
    )
    return db.session.execute(query).tuples()


def _not_liquidated(ppa_id: int) -> Decimal:
    """Of cash advances and transfers to be liquidated."""
    query = (
        select(outstanding())
        .join(FundEntry.balance)
        .join(FundBalance.line)
        .where(
            BudgetLine.ppa_id == ppa_id,
            FundEntry.kind == EntryKind.DISBURSEMENT,
            FundEntry.voids_id.is_(None),
            (FundEntry.mode == PaymentMode.CASH_ADVANCE) | FundEntry.to_be_liquidated,
        )
    )
    return sum(db.session.scalars(query), ZERO)
