"""Whether a limit holds on every day, and how much of it is free (SPEC 6, "Limits")."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

SlackChange = tuple[date, Decimal]  # by how much the slack moves on a day, in pesos
ZERO = Decimal("0.00")


@dataclass(frozen=True)
class Breach:
    """What would have been free on the entry's day, in pesos, and the first day that breaks."""

    free: Decimal
    breaks_on: date


def slack_by_day(end: Decimal, later: Iterable[SlackChange], since: date) -> dict[date, Decimal]:
    """The slack at the end of `since` and of every later day on which it moves.

    `end` is the slack with all that is posted; `later` are the changes after `since`.
    """
    moved: defaultdict[date, Decimal] = defaultdict(Decimal)
    for day, amount in later:
        moved[day] += amount
    slack = end - sum(moved.values(), ZERO)
    found = {since: slack}
    for day in sorted(moved):
        slack += moved[day]
        found[day] = slack
    return found


def breach(
    end: Decimal, later: Iterable[SlackChange], changes: Iterable[SlackChange]
) -> Breach | None:
    """Where these changes would enlarge a lack; None where the limit holds on every day.

    `later` are the changes posted after the first of the new ones. What lessens a lack, or leaves
    it, is not refused for what remains.
    """
    new = sorted(changes)
    since = new[0][0]
    slack = slack_by_day(end, later, since)
    free = max(min(slack.values()), ZERO)
    for day in sorted({*slack, *(day for day, _ in new)}):
        change = sum((amount for on, amount in new if on <= day), ZERO)
        before = slack[max(known for known in slack if known <= day)]
        if change < 0 and before + change < 0:
            return Breach(free, day)
    return None
