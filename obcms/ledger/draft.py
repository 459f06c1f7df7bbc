"""An entry before it is posted."""

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any, Self

from obcms.ledger.models import BudgetLine, FundEntry, Obligation
from obcms.ledger.rules.choices import EntryKind, FundCluster, Refusal
from obcms.ledger.rules.effects import EFFECTS, LINE_LIMITS, OBLIGATION_LIMITS
from obcms.ppas.rules.choices import AppropriationClass

# Which limit, of what: a balance's key, an obligation, or a disbursement.
SlackKey = tuple[Refusal, object]


@dataclass(frozen=True, kw_only=True)
class Draft:
    """`amount` in pesos; `more` holds the other columns of the entry.

    One that is posted `along` stands and falls with the last one before it that is not.
    """

    line: BudgetLine
    appropriation_class: AppropriationClass
    fund_cluster: FundCluster
    kind: EntryKind
    amount: Decimal
    posting_date: date
    document_date: date
    obligation: Obligation | None = None
    disbursement: FundEntry | None = None
    more: dict[str, Any] = field(default_factory=dict)
    along: bool = False

    @property
    def key(self) -> tuple[int, AppropriationClass, FundCluster]:
        """Of its balance."""
        return self.line.id, self.appropriation_class, self.fund_cluster

    @property
    def is_overridden(self) -> bool:
        """Whether it is recorded beyond the allotment or the last day, with a reason."""
        return bool(self.more.get("override_reason"))

    @property
    def slacks(self) -> dict[SlackKey, Decimal]:
        """By how much it moves the slack of each limit, in pesos."""
        directions = EFFECTS[self.kind].slack
        return {
            (limit, subject): direction * self.amount
            for limit, direction in directions.items()
            if (subject := self._subject(limit)) is not None
        }

    def _subject(self, limit: Refusal) -> object:
        if limit in LINE_LIMITS:
            return self.key
        if limit in OBLIGATION_LIMITS:
            return self.obligation
        return self.disbursement

    def but(self, **changes: Any) -> Self:
        """The same with other values."""
        return replace(self, **changes)
