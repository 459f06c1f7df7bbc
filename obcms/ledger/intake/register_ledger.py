"""What the ledger holds of the balances that a register names, in a constant number of queries."""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased, contains_eager

from obcms.imports.undo import undone_records
from obcms.kernel.extensions import db
from obcms.kernel.rules.folding import code_key, name_key
from obcms.ledger.hold import BalanceKey
from obcms.ledger.intake.register_rows import SaidEntry
from obcms.ledger.models import BudgetLine, FundBalance, FundEntry, LedgerPeriod, Obligation
from obcms.ledger.reads.advances import outstanding
from obcms.ledger.room import Room
from obcms.ledger.rules.choices import EntryKind, PaymentMode, Refusal
from obcms.ledger.rules.effects import LINE_LIMITS, OBLIGATION_LIMITS
from obcms.ledger.slack import room_of

NAME = "register"  # of the import
ObligationKey = tuple[BalanceKey, str]
AdvanceKey = tuple[int | None, str]  # an office's id and the payee's key


class Ledger:
    """Read once, then kept up by whoever judges rows; `room` likewise."""

    def __init__(self, said: Sequence[SaidEntry]) -> None:
        self.period = db.session.scalar(_fresh(select(LedgerPeriod))) or LedgerPeriod()
        self.balances = _balances({one.line.id for one in said})
        by_id = {balance.id: key for key, balance in self.balances.items()}
        self.obligations = _obligations(by_id)
        self.like = _like(by_id, [one.day for one in said])
        self.paid = _paid(by_id)
        self.advances = _open_advances({one.line.organization_id for one in said})
        self.room = self._room(said)

    def _room(self, said: Sequence[SaidEntry]) -> Room:
        lines = {one.key for one in said}
        named = {(one.key, one.ors) for one in said} & self.obligations.keys()
        taken_back = [one for several in self.paid.values() for one in several]
        open_ones = [one for several in self.advances.values() for one in several]
        keys = [(limit, key) for limit in LINE_LIMITS for key in lines]
        keys += [(limit, self.obligations[one]) for limit in OBLIGATION_LIMITS for one in named]
        keys += [(Refusal.REFUND, one) for one in {*taken_back, *open_ones}]
        return room_of(keys, self.balances)


def _fresh(query: Select) -> Select:
    return query.execution_options(populate_existing=True)


def _balances(lines: Collection[int]) -> dict[BalanceKey, FundBalance]:
    query = select(FundBalance).where(FundBalance.line_id.in_(lines))
    return {
        (one.line_id, one.appropriation_class, one.fund_cluster): one
        for one in db.session.scalars(_fresh(query))
    }


def _obligations(by_id: dict[int, BalanceKey]) -> dict[ObligationKey, Obligation]:
    """By balance and number; one that is not void comes before one that is."""
    query = select(Obligation).where(Obligation.balance_id.in_(by_id))
    query = query.order_by(Obligation.is_void.desc(), Obligation.id)
    found = db.session.scalars(_fresh(query))
    return {(by_id[one.balance_id], one.number_key): one for one in found}


def _like(by_id: dict[int, BalanceKey], days: Sequence[date]) -> Counter[tuple]:
    """How many entries there are of each likeness; a voided one counts, its void does not.

    What came by an import that was undone does not count: the corrected file brings it again.
    """
    first, last = min(days, default=date.max), max(days, default=date.min)
    query = (
        select(
            FundEntry.balance_id,
            FundEntry.kind,
            FundEntry.posting_date,
            FundEntry.amount,
            func.coalesce(Obligation.number_key, ""),
            FundEntry.reference,
            FundEntry.mode,
        )
        .outerjoin(FundEntry.obligation)
        .where(
            FundEntry.balance_id.in_(by_id),
            FundEntry.posting_date.between(first, last),
            FundEntry.voids_id.is_(None),
            FundEntry.posted_with_id.is_(None),
            FundEntry.movement_id.is_(None),
            FundEntry.id.not_in(undone_records(NAME)),
        )
    )
    return Counter(
        (*by_id[balance_id], *said, code_key(number), mode)
        for balance_id, *said, number, mode in db.session.execute(query)
    )


def _paid(by_id: dict[int, BalanceKey]) -> defaultdict[tuple, list[FundEntry]]:
    """Disbursements that are not voided, by balance, ORS and DV number, in order of posting."""
    void = aliased(FundEntry)
    query = (
        select(FundEntry, Obligation.number_key)
        .join(FundEntry.obligation)
        .outerjoin(void, void.voids_id == FundEntry.id)
        .where(FundEntry.balance_id.in_(by_id), FundEntry.kind == EntryKind.DISBURSEMENT)
        .where(FundEntry.voids_id.is_(None), void.id.is_(None))
        .order_by(FundEntry.id)
    )
    found: defaultdict[tuple, list[FundEntry]] = defaultdict(list)
    for one, ors in db.session.execute(query):
        found[by_id[one.balance_id], ors, code_key(one.reference)].append(one)
    return found


def _open_advances(offices: Collection[int | None]) -> defaultdict[AdvanceKey, list[FundEntry]]:
    query = (
        select(FundEntry)
        .join(FundEntry.balance)
        .join(FundBalance.line)
        .options(contains_eager(FundEntry.balance).contains_eager(FundBalance.line))
        .where(
            FundEntry.kind == EntryKind.DISBURSEMENT,
            FundEntry.mode == PaymentMode.CASH_ADVANCE,
            FundEntry.voids_id.is_(None),
            BudgetLine.organization_id.in_([one for one in offices if one is not None]),
            outstanding() > 0,
        )
        .order_by(FundEntry.id)
    )
    found: defaultdict[AdvanceKey, list[FundEntry]] = defaultdict(list)
    for one in db.session.scalars(query):
        found[one.balance.line.organization_id, name_key(one.payee)].append(one)
    return found
