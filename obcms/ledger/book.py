"""Writing entries that may stand: the rows, and the sums that follow from them (SPEC 6).

Every posting comes through `book`, under the locks of `hold.py`, which checks the limits first.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from sqlalchemy import select, tuple_

from obcms.kernel.db.types import utc_now
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Actor
from obcms.ledger.draft import Draft
from obcms.ledger.hold import BalanceKey
from obcms.ledger.models import FundBalance, FundEntry, FundTotal, Obligation
from obcms.ledger.rules.choices import EntryKind
from obcms.ledger.rules.effects import EFFECTS
from obcms.ledger.rules.quarters import Quarter
from obcms.ledger.slack import refuse_breaches

ZERO = Decimal("0.00")
# The column of a balance that a quarter's column joins, and its direction there.
_BALANCE_COLUMNS = {
    "appropriations": ("appropriated", 1),
    "appropriation_adjustments": ("appropriated", 1),
    "allotments": ("allotted", 1),
    "allotment_adjustments": ("allotted", 1),
    "transferred_to": ("allotted", -1),
    "transferred_from": ("allotted", 1),
    "obligations": ("obligated", 1),
    "payables": ("payable", 1),
    "disbursements": ("disbursed", 1),
}
_OF_OBLIGATION = frozenset({"obligated", "payable", "disbursed"})


def book(
    actor: Actor,
    drafts: Sequence[Draft],
    held: Mapping[BalanceKey, FundBalance],
    overridden: bool = False,
) -> list[FundEntry]:
    """Posts the drafts together, or none: raises Invalid with what is free. Flushes.

    `held` are their balances, held by this transaction; `overridden` lets obligations be above
    allotments, by what the balance then keeps as its excess.
    """
    refuse_breaches(drafts, held, overridden)
    totals = _totals(drafts, held)
    for draft in drafts:
        _add_up(draft, held[draft.key], totals)
    for balance in {draft.key: held[draft.key] for draft in drafts}.values():
        lacking = max(balance.obligated - balance.allotted, ZERO)
        balance.excess = lacking if overridden else min(lacking, balance.excess)
    entries = [_entry(actor, draft, held[draft.key]) for draft in drafts]
    for draft, entry in zip(drafts, entries, strict=True):
        if draft.along:
            entry.posted_with = entries[0]
    db.session.add_all(entries)
    db.session.flush()
    return entries


def _entry(actor: Actor, draft: Draft, balance: FundBalance) -> FundEntry:
    return FundEntry(
        balance=balance,
        obligation=draft.obligation,
        disbursement=draft.disbursement,
        kind=draft.kind,
        amount=draft.amount,
        posting_date=draft.posting_date,
        document_date=draft.document_date,
        posted_by_id=getattr(actor, "id", None),
        posted_at=utc_now(),
        **draft.more,
    )


TotalKey = tuple[int, int, int]


def _totals(
    drafts: Sequence[Draft], held: Mapping[BalanceKey, FundBalance]
) -> dict[TotalKey, FundTotal]:
    wanted = sorted({_total_key(draft, held[draft.key]) for draft in drafts})
    by_key = tuple_(FundTotal.balance_id, FundTotal.year, FundTotal.quarter)
    query = select(FundTotal).where(by_key.in_(wanted)).execution_options(populate_existing=True)
    found = {(one.balance_id, one.year, one.quarter): one for one in db.session.scalars(query)}
    for balance_id, year, quarter in set(wanted) - found.keys():
        zeros = dict.fromkeys(_SUMS, ZERO)
        made = FundTotal(balance_id=balance_id, year=year, quarter=quarter, **zeros)
        found[balance_id, year, quarter] = made
        db.session.add(made)
    return found


def _total_key(draft: Draft, balance: FundBalance) -> TotalKey:
    quarter = Quarter.of(draft.posting_date)
    return balance.id, quarter.year, quarter.number


_SUMS = tuple(column.name for column in FundTotal.__table__.columns if not column.primary_key)


def _add_up(draft: Draft, balance: FundBalance, totals: Mapping[TotalKey, FundTotal]) -> None:
    column = EFFECTS[draft.kind].total
    if not column:
        return
    _add(totals[_total_key(draft, balance)], _of_its_year(column, draft), draft.amount)
    of_balance, direction = _BALANCE_COLUMNS[column]
    _add(balance, of_balance, direction * draft.amount)
    if draft.obligation is not None and of_balance in _OF_OBLIGATION:
        _add(draft.obligation, of_balance, draft.amount)
        if draft.kind is EntryKind.OBLIGATION:
            draft.obligation.is_void = draft.amount < 0


def _of_its_year(column: str, draft: Draft) -> str:
    obligation = draft.obligation
    earlier = obligation is not None and obligation.first_posted_on.year < draft.posting_date.year
    return f"earlier_{column}" if earlier else column


def _add(row: FundBalance | FundTotal | Obligation, column: str, amount: Decimal) -> None:
    setattr(row, column, getattr(row, column) + amount)
