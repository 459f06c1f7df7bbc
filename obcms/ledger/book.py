"""Writing entries that may stand: the rows, and the sums that follow from them (SPEC 6).

Every posting comes through `book`, under the locks of `hold.py`, which checks the limits first.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import accumulate
from typing import Any

from sqlalchemy import select, tuple_
from sqlalchemy.orm import make_transient_to_detached

from obcms.kernel.audit.bulk import insert_rows
from obcms.kernel.db.types import utc_now
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Actor
from obcms.kernel.rules.folding import code_key
from obcms.ledger.draft import Draft
from obcms.ledger.hold import BalanceKey
from obcms.ledger.illustration import is_illustration
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
_SAID_OF_OBLIGATION = frozenset({"ors_number", "payee", "purpose", "first_posted_on"})


def book(
    actor: Actor,
    drafts: Sequence[Draft],
    held: Mapping[BalanceKey, FundBalance],
) -> list[FundEntry]:
    """Posts the drafts together, or none: raises Invalid with what is free. Flushes.

    `held` are their balances, held by this transaction. A draft that is overridden lets
    obligations be above allotments, by what the balance then keeps as its excess.
    """
    count_up(drafts, held)
    entries = [FundEntry(**entry_values(actor, draft, held)) for draft in drafts]
    first = entries[0]
    for draft, entry in zip(drafts, entries, strict=True):
        entry.balance, entry.obligation = held[draft.key], draft.obligation
        if draft.along:
            entry.posted_with = first
        else:
            first = entry
    db.session.add_all(entries)
    db.session.flush()
    return entries


def book_many(
    actor: Actor, drafts: Sequence[Draft], held: Mapping[BalanceKey, FundBalance]
) -> list[int]:
    """The same in sets, whatever their number; returns the numbers of the entries.

    Their obligations may be new. What stands or falls with another is written after all others.
    """
    count_up(drafts, held)
    db.session.flush()
    _add_obligations(drafts, held)
    firsts = list(accumulate(range(len(drafts)), lambda first, n: first if drafts[n].along else n))
    values = [entry_values(actor, draft, held) for draft in drafts]
    numbers: dict[int, int] = {}
    for is_along in (False, True):
        places = [n for n, first in enumerate(firsts) if (n != first) is is_along]
        rows = [values[n] | {"posted_with_id": numbers.get(firsts[n])} for n in places]
        if rows:
            # A statement's rows get their numbers in the order in which it has them.
            stored = sorted(row.id for row in insert_rows(db.session(), FundEntry, rows))
            numbers |= zip(places, stored, strict=True)
    return [numbers[n] for n in range(len(drafts))]


def _add_obligations(drafts: Sequence[Draft], held: Mapping[BalanceKey, FundBalance]) -> None:
    """Stores those that are new; they are then of the session like any other."""
    new = {
        (held[draft.key].id, code_key(draft.obligation.ors_number)): draft.obligation
        for draft in drafts
        if draft.obligation is not None and draft.obligation.id is None
    }
    rows = [
        {name: getattr(one, name) for name in _OF_OBLIGATION | _SAID_OF_OBLIGATION}
        | {"balance_id": balance_id}
        for (balance_id, _), one in new.items()
    ]
    for row in insert_rows(db.session(), Obligation, rows) if rows else ():
        one = new[row.balance_id, row.number_key]
        one.id, one.balance_id = row.id, row.balance_id
        make_transient_to_detached(one)
        db.session.add(one)


def count_up(drafts: Sequence[Draft], held: Mapping[BalanceKey, FundBalance]) -> None:
    """Adds the drafts to the sums that follow from entries. Raises Invalid as `book` does."""
    refuse_breaches(drafts, held)
    overridden = {draft.key for draft in drafts if draft.is_overridden}
    totals = _totals(drafts, held)
    for draft in drafts:
        _add_up(draft, held[draft.key], totals)
    for key in {draft.key for draft in drafts}:
        balance = held[key]
        lacking = max(balance.obligated - balance.allotted, ZERO)
        balance.excess = lacking if key in overridden else min(lacking, balance.excess)


# What an entry holds besides, where a draft says nothing of it.
_EMPTY = {
    "reference": "",
    "payee": "",
    "remarks": "",
    "uacs_object_code": "",
    "acceptance_date": None,
    "acceptance_number": "",
    "is_cut": False,
    "is_final": False,
    "mode": None,
    "to_be_liquidated": False,
    "override_reason": "",
    "voids_id": None,
    "void_reason": "",
    "movement_id": None,
}


def entry_values(
    actor: Actor, draft: Draft, held: Mapping[BalanceKey, FundBalance]
) -> dict[str, Any]:
    """The columns of the entry; of an obligation that is new, its number follows."""
    return {
        **_EMPTY,
        "balance_id": held[draft.key].id,
        "obligation_id": draft.obligation and draft.obligation.id,
        "disbursement_id": draft.disbursement and draft.disbursement.id,
        "kind": draft.kind,
        "amount": draft.amount,
        "posting_date": draft.posting_date,
        "document_date": draft.document_date,
        "posted_by_id": getattr(actor, "id", None),
        "posted_at": utc_now(),
        "is_illustration": is_illustration(),
        **draft.more,
    }


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
            # What a NORSA added still has to be paid.
            draft.obligation.is_void = draft.amount < 0 and not draft.obligation.obligated


def _of_its_year(column: str, draft: Draft) -> str:
    obligation = draft.obligation
    earlier = obligation is not None and obligation.first_posted_on.year < draft.posting_date.year
    return f"earlier_{column}" if earlier else column


def _add(row: FundBalance | FundTotal | Obligation, column: str, amount: Decimal) -> None:
    setattr(row, column, getattr(row, column) + amount)
