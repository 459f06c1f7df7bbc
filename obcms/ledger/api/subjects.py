"""What an address of the ledger is about, where it exists for the caller."""

from typing import Any

from flask import g

from obcms.kernel.api.access import caller
from obcms.kernel.api.subjects import FINDERS
from obcms.kernel.db.keys import LARGEST_KEY
from obcms.kernel.errors import NotFound
from obcms.kernel.extensions import db
from obcms.ledger.access import find_act, find_fund_entry, find_line, find_obligation
from obcms.ledger.models import AppropriationsAct, BudgetLine, FundEntry, FundMovement, Obligation
from obcms.ledger.reads.entries import shown_movements


def subject(number: int) -> Any:
    """The record that the address names by this number, as it was found."""
    assert g.subject.id == number
    return g.subject


def _line(number: int) -> tuple[BudgetLine, BudgetLine]:
    line = find_line(caller(), number)
    return line, line


def _entry(number: int) -> tuple[FundEntry, BudgetLine]:
    entry = find_fund_entry(caller(), number)
    return entry, entry.balance.line


def _obligation(number: int) -> tuple[Obligation, BudgetLine]:
    found = find_obligation(caller(), number)
    return found, found.balance.line


def _movement(number: int) -> tuple[FundMovement, None]:
    query = shown_movements(caller(), FundMovement.id == number)
    found = db.session.scalar(query) if number <= LARGEST_KEY else None
    if found is None:
        raise NotFound("There is no such document.")
    return found, None


def _act(number: int) -> tuple[AppropriationsAct, None]:
    return find_act(number), None


FINDERS |= {
    "act_id": _act,
    "budget_line_id": _line,
    "fund_entry_id": _entry,
    "movement_id": _movement,
    "obligation_id": _obligation,
}
