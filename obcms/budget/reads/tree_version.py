"""Whether a work tree is still what it was when it was read (SPEC 5).

The version tells it to people: it is another one only when what a distribution depends on or shows
is another, so that a report of progress in between is no conflict. The stamp tells it to a
transaction that has read the tree before it got the lock: any change gives another one, and it
costs one short query.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlalchemy import Select, func, select, true

from obcms.budget.models import DistributionBatch
from obcms.kernel.extensions import db
from obcms.ppas.models import PPA
from obcms.work.reads.tree import ITEM, TreeRow
from obcms.work.rules.choices import WorkStatus


class TreeStamp(NamedTuple):
    """Equal stamps mean that nobody wrote to the PPA, its work items or its distributions.

    A changed item has a higher version, a new one a higher id than all before it; one that was
    deleted is missing from the count.
    """

    version: int
    items: int
    versions: int | None
    last_item: int | None
    last_batch: int | None
    last_undone: datetime | None


def tree_stamp(ppa_id: int) -> TreeStamp:
    """As it is now, in one query."""
    items = select(func.count().label("items"), func.sum(ITEM.version), func.max(ITEM.id))
    items = items.where(ITEM.tree_key == ppa_id).subquery()
    batches = _batches(ppa_id).subquery()
    query = select(PPA.version, items, batches).select_from(PPA).where(PPA.id == ppa_id)
    query = query.join(items, true()).join(batches, true())
    return TreeStamp(*db.session.execute(query).one())


def state_version(ppa: PPA, rows: Sequence[TreeRow]) -> str:
    """A fingerprint of the rows of `tree_rows`; equal means that nothing changed."""
    batches = tuple(db.session.execute(_batches(ppa.id)).one())
    items = [_state(row, row.allocated_budget) for row in rows]
    return _fingerprint(ppa.id, ppa.budget_allocation, batches, items)


def version_of_rows(
    ppa_id: int,
    allocation: Decimal | None,
    rows: Sequence[TreeRow],
    stamp: TreeStamp,
    amounts: Mapping[int, Decimal] = MappingProxyType({}),
) -> str:
    """The same, by the stamp that was read with the rows.

    `allocation` is the PPA's, in pesos; `amounts` stand for what the items by these ids had.
    """
    batches = (stamp.last_batch, stamp.last_undone)
    items = [_state(row, amounts.get(row.id, row.allocated_budget)) for row in rows]
    return _fingerprint(ppa_id, allocation, batches, items)


def latest_batch_id(ppa_id: int, applied_only: bool = False) -> int | None:
    """The newest batch of the PPA; with `applied_only`, of those that were not undone."""
    query = select(func.max(DistributionBatch.id)).where(DistributionBatch.ppa_id == ppa_id)
    if applied_only:
        query = query.where(DistributionBatch.undone_at.is_(None))
    return db.session.scalar(query)


def _state(row: TreeRow, own: Decimal | None) -> tuple[Any, ...]:
    """All of an item that a distribution depends on or shows."""
    is_cancelled = row.status is WorkStatus.CANCELLED
    return row.id, row.parent_id, row.position, own, row.spent_total, is_cancelled


def _fingerprint(
    ppa_id: int,
    allocation: Decimal | None,
    batches: Sequence[Any],
    items: Sequence[tuple[Any, ...]],
) -> str:
    state = repr((ppa_id, allocation, batches, items))
    return hashlib.sha256(state.encode()).hexdigest()[:32]


def _batches(ppa_id: int) -> Select[Any]:
    """The newest distribution, and when one was last undone."""
    query = select(func.max(DistributionBatch.id), func.max(DistributionBatch.undone_at))
    return query.where(DistributionBatch.ppa_id == ppa_id)
