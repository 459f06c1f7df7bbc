"""How much room each limit has, in memory: asked, and taken, entry by entry (SPEC 6, "Limits")."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import accumulate
from typing import NamedTuple

from obcms.kernel.errors import Invalid
from obcms.ledger.draft import Draft, SlackKey
from obcms.ledger.refusals import short_of_money
from obcms.ledger.rules.choices import Refusal
from obcms.ledger.rules.effects import LIMITS
from obcms.ledger.rules.limits import SlackChange, breach

ZERO = Decimal("0.00")


class RoomRefusal(NamedTuple):
    """The limit that would break, and what is said of it."""

    limit: SlackKey
    error: Invalid


class Room:
    """`ends` is each limit's slack with all that is posted; `moved` by how much on which days."""

    def __init__(
        self,
        ends: Mapping[SlackKey, Decimal],
        moved: Mapping[SlackKey, Mapping[date, Decimal]],
    ) -> None:
        self.ends: defaultdict[SlackKey, Decimal] = defaultdict(Decimal, ends)
        self.moved: defaultdict[SlackKey, defaultdict[date, Decimal]] = defaultdict(
            lambda: defaultdict(Decimal)
        )
        for key, days in moved.items():
            self.moved[key].update(days)

    def refuse(self, drafts: Sequence[Draft]) -> None:
        """Raises Invalid for the first limit that the drafts together would break on any day."""
        if (found := self.find_refusal(drafts)) is not None:
            raise found.error

    def find_refusal(self, drafts: Sequence[Draft]) -> RoomRefusal | None:
        """The same without raising; None where every limit holds."""
        changes = changes_of(drafts)
        asked = sorted(bound_by(drafts, changes), key=lambda key: LIMITS.index(key[0]))
        on = min(draft.posting_date for draft in drafts)
        for key in asked:
            since = min(day for day, _ in changes[key])
            days: Mapping[date, Decimal] = self.moved.get(key, {})
            later = [(day, amount) for day, amount in days.items() if day > since]
            found = breach(self.ends.get(key, ZERO), later, changes[key])
            if found is not None:
                return RoomRefusal(key, short_of_money(key[0], found, on))
        return None

    def take(self, drafts: Iterable[Draft]) -> None:
        """Counts the drafts as posted."""
        for key, moved in changes_of(drafts).items():
            for day, amount in moved:
                self.ends[key] += amount
                self.moved[key][day] += amount


def changes_of(drafts: Iterable[Draft]) -> dict[SlackKey, list[SlackChange]]:
    """By how much the drafts move each slack, and when."""
    changes: dict[SlackKey, list[SlackChange]] = {}
    for draft in drafts:
        for key, amount in draft.slacks.items():
            changes.setdefault(key, []).append((draft.posting_date, amount))
    return changes


def bound_by(
    drafts: Iterable[Draft], changes: Mapping[SlackKey, Sequence[SlackChange]]
) -> Collection[SlackKey]:
    """The limits that have less room on some day, but those of allotments that are overridden."""
    overridden = {(Refusal.OBLIGATIONS, draft.key) for draft in drafts if draft.is_overridden}
    return [key for key, moved in changes.items() if _ever_lessens(moved) and key not in overridden]


def _ever_lessens(changes: Sequence[SlackChange]) -> bool:
    by_day: dict[date, Decimal] = {}
    for day, amount in changes:
        by_day[day] = by_day.get(day, ZERO) + amount
    return any(total < 0 for total in accumulate(by_day[day] for day in sorted(by_day)))
