"""How much of a balance is available by all that is posted: for screens and the API (SPEC 6).

It is the slack of the limits that every entry is checked against (`slack.py`); what is free on an
earlier day is told there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from obcms.ledger.models import FundBalance
from obcms.ledger.reads.last_days import last_days
from obcms.ledger.rules.choices import Refusal

ZERO = Decimal("0.00")


@dataclass(frozen=True)
class Available:
    """In pesos: unreleased, unobligated, and unpaid of what is due.

    `last_day` is the last day to obligate, None for no last day; after it nothing is allotted or
    obligated.
    """

    to_allot: Decimal = ZERO
    to_obligate: Decimal = ZERO
    to_pay: Decimal = ZERO
    last_day: date | None = None


def available_of(balances: Sequence[FundBalance], today: date) -> dict[int, Available]:
    """By the numbers of the balances; no entry is dated after `today`. One query."""
    last = last_days([one.id for one in balances])
    return {one.id: _available(one, last[one.id], today) for one in balances}


def _available(balance: FundBalance, last: date | None, today: date) -> Available:
    lapsed = last is not None and today > last
    limits = (Refusal.ALLOTMENTS, Refusal.OBLIGATIONS)
    free = [ZERO if lapsed else max(balance.slack_of(limit), ZERO) for limit in limits]
    return Available(*free, to_pay=balance.due, last_day=last)
