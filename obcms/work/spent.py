"""What was spent on work items: asked for here, answered by the slice that keeps the lines."""

from collections.abc import Collection, Iterable
from decimal import Decimal
from typing import Protocol

from sqlalchemy import ColumnElement
from sqlalchemy.orm import InstrumentedAttribute, Session

AmountsByItem = dict[int, Decimal]
# A key as a query has it: a column of its rows, or a number.
KeyColumn = InstrumentedAttribute[int] | int


class SpentLines(Protocol):
    """Pesos posted and not voided, by work item; items without a line are left out."""

    def by_item(self, session: Session, item_ids: Collection[int]) -> AmountsByItem:
        """Of these items."""

    def in_trees(self, session: Session, ppa_ids: Iterable[int]) -> AmountsByItem:
        """Of every item of these PPAs."""

    def posted_on(self, session: Session, item_ids: Collection[int]) -> set[int]:
        """Those of the items that have a line, voided ones included."""

    def posted_in_tree(self, ppa_id: KeyColumn) -> ColumnElement[bool]:
        """Whether an item of the PPA has a line, voided ones included, as a condition."""


_ledgers: list[SpentLines] = []


def use_ledger(ledger: SpentLines) -> None:
    """Names who answers."""
    _ledgers[:] = [ledger]


def spent_by_item(session: Session, item_ids: Collection[int]) -> AmountsByItem:
    """Pesos by work item, of these items."""
    return _ledgers[0].by_item(session, item_ids) if item_ids else {}


def spent_in_trees(session: Session, ppa_ids: Iterable[int]) -> AmountsByItem:
    """Pesos by work item, of every item of these PPAs."""
    return _ledgers[0].in_trees(session, ppa_ids)


def items_with_money(session: Session, item_ids: Collection[int]) -> set[int]:
    """Those of the items on which a line was ever posted."""
    return _ledgers[0].posted_on(session, item_ids) if item_ids else set()


def has_posted_lines(ppa_id: KeyColumn) -> ColumnElement[bool]:
    """Whether a line was ever posted in the tree of the PPA, as a condition for queries."""
    return _ledgers[0].posted_in_tree(ppa_id)
