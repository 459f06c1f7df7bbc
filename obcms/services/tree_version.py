"""Whether a work tree is still what it was when it was read (SPEC 5).

The version tells it to people: it is another one only when what a distribution depends on or shows
is another, so that a report of progress in between is no conflict. The stamp tells it to a
transaction that has read the tree before it got the lock: any change gives another one, and it
costs one short query.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from operator import itemgetter
from typing import Any

from sqlalchemy import Row, func, select, true

from obcms.extensions import db
from obcms.models import PPA, DistributionBatch
from obcms.reports.budget_tree import COLUMNS
from obcms.reports.tree import ITEM, TreeRow
from obcms.rules.choices import WorkStatus

# All of an item that a distribution depends on or shows, and whether it is cancelled.
STATE = ("id", "parent_id", "position", "allocated_budget", "spent_total")
_state_in_centavos = itemgetter(*(COLUMNS.index(name) for name in STATE))
_status = itemgetter(COLUMNS.index("status"))


def state_version(ppa: PPA, rows: Sequence[Row[Any]]) -> str:
    """A fingerprint of the rows of `tree_centavos`; equal means that nothing changed."""
    items = ((*_state_in_centavos(row), _status(row) == WorkStatus.CANCELLED) for row in rows)
    return _fingerprint(ppa, items)


def version_of_rows(ppa: PPA, rows: Sequence[TreeRow]) -> str:
    """The same fingerprint, of the rows of `tree_rows`."""
    return _fingerprint(ppa, map(_state_in_pesos, rows))


def version_with(ppa: PPA, rows: Sequence[TreeRow], amounts: Mapping[int, Decimal | None]) -> str:
    """The fingerprint once these items, by id, have these budgets of their own in pesos."""
    return version_of_rows(
        ppa,
        [
            row._replace(allocated_budget=amounts[row.id]) if row.id in amounts else row
            for row in rows
        ],
    )


def tree_stamp(ppa_id: int) -> tuple[object, ...]:
    """Equal stamps mean that nobody wrote to the PPA, its work items or its distributions.

    A changed item has a higher version, a new one a higher id than all before it; an item that was
    deleted is missing from the count.
    """
    items = select(func.count().label("items"), func.sum(ITEM.version), func.max(ITEM.id))
    items = items.where(ITEM.tree_key == ppa_id).subquery()
    batch = DistributionBatch
    batches = select(func.max(batch.id), func.max(batch.undone_at))
    batches = batches.where(batch.ppa_id == ppa_id).subquery()
    query = select(PPA.version, items, batches).select_from(PPA).where(PPA.id == ppa_id)
    return tuple(db.session.execute(query.join(items, true()).join(batches, true())).one())


def latest_batch_id(ppa_id: int, applied_only: bool = False) -> int | None:
    """The newest batch of the PPA; with `applied_only`, of those that were not undone."""
    query = select(func.max(DistributionBatch.id)).where(DistributionBatch.ppa_id == ppa_id)
    if applied_only:
        query = query.where(DistributionBatch.undone_at.is_(None))
    return db.session.scalar(query)


def _state_in_pesos(row: TreeRow) -> tuple[Any, ...]:
    own, spent = row.allocated_budget, row.spent_total
    own = None if own is None else int(own.scaleb(2))
    cancelled = row.status is WorkStatus.CANCELLED
    return row.id, row.parent_id, row.position, own, int(spent.scaleb(2)), cancelled


def _fingerprint(ppa: PPA, items: Iterable[tuple[Any, ...]]) -> str:
    state = repr((ppa.id, ppa.budget_allocation, _batches(ppa.id), list(items)))
    return hashlib.sha256(state.encode()).hexdigest()[:32]


def _batches(ppa_id: int) -> tuple[object, ...]:
    query = select(func.max(DistributionBatch.id), func.max(DistributionBatch.undone_at))
    return tuple(db.session.execute(query.where(DistributionBatch.ppa_id == ppa_id)).one())
