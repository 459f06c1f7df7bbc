"""Posting many entries at once, with the checks that one entry meets, in sets of queries."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date

from obcms.kernel.extensions import db
from obcms.kernel.permissions import Actor
from obcms.kernel.rules.folding import name_key
from obcms.ledger.access import require_kind
from obcms.ledger.book import book_many
from obcms.ledger.checks import refuse_after, refuse_dates, refuse_second_advance
from obcms.ledger.draft import Draft
from obcms.ledger.hold import BalanceKey, hold_balances, hold_period
from obcms.ledger.models import FundEntry
from obcms.ledger.quarters import refuse_closed
from obcms.ledger.reads.last_days import last_days
from obcms.ledger.rules.choices import EntryKind, PaymentMode
from obcms.ledger.rules.effects import binds_last_day


class Batch:
    """Holds the balances from its beginning; `add` in the order of posting, then `post`.

    What is added is posted together; only what a later entry has to find in the ledger is posted
    before it. Raises as posting one entry does, and then nothing of it may be committed.
    """

    def __init__(self, actor: Actor, keys: Collection[BalanceKey]) -> None:
        self._actor = actor
        self._period = hold_period()
        self.held = hold_balances(keys)
        self._last_days = last_days(one.id for one in self.held.values())
        self._waiting: list[Draft] = []
        self.posted: list[int] = []

    def add(self, draft: Draft) -> int:
        """Its place among the entries of the batch."""
        require_kind(self._actor, draft.kind)
        refuse_dates(draft)
        refuse_closed(self._period, draft.posting_date)
        if binds_last_day(draft.kind, draft.amount) and not draft.is_overridden:
            refuse_after(self._last_day(draft), draft)
        if draft.kind is EntryKind.DISBURSEMENT and draft.more["mode"] is PaymentMode.CASH_ADVANCE:
            if any(_is_to_the_same(draft, one) for one in self._waiting):
                self.post()
            refuse_second_advance(draft)
        self._waiting.append(draft)
        return len(self.posted) + len(self._waiting) - 1

    def extend(self, drafts: Iterable[Draft]) -> None:
        """Adds several."""
        for draft in drafts:
            self.add(draft)

    def entry(self, place: int) -> FundEntry:
        """The entry at this place, posted by now."""
        if place >= len(self.posted):
            self.post()
        return db.session.get_one(FundEntry, self.posted[place])

    def post(self) -> Sequence[int]:
        """The numbers of all entries of the batch so far."""
        if self._waiting:
            self.posted += book_many(self._actor, self._waiting, self.held)
            self._waiting = []
        return self.posted

    def _last_day(self, draft: Draft) -> date | None:
        return self._last_days[self.held[draft.key].id]


def _is_to_the_same(draft: Draft, other: Draft) -> bool:
    """Whether the other may be an advance to the payee, or liquidate one."""
    return name_key(draft.more["payee"]) == name_key(other.more.get("payee", ""))
