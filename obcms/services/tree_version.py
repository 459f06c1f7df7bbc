"""The version of a work tree that a distribution is previewed and applied with (SPEC 5)."""

import hashlib
from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import Row, func, select

from obcms.extensions import db
from obcms.models import PPA, DistributionBatch
from obcms.reports.budget_tree import COLUMNS
from obcms.reports.tree import TreeRow

# All of an item that a distribution depends on or shows.
STATE = ("id", "parent_id", "position", "status", "allocated_budget", "spent_total")
_state_in_centavos = itemgetter(*(COLUMNS.index(name) for name in STATE))


def state_version(ppa: PPA, rows: Sequence[Row[Any]]) -> str:
    """A fingerprint of the rows of `tree_centavos`; equal means that nothing changed."""
    return _fingerprint(ppa, map(_state_in_centavos, rows))


def version_of_rows(ppa: PPA, rows: Sequence[TreeRow]) -> str:
    """The same fingerprint, of the rows of `tree_rows`."""
    return _fingerprint(ppa, map(_state_in_pesos, rows))


def latest_batch_id(ppa_id: int, applied_only: bool = False) -> int | None:
    """The newest batch of the PPA; with `applied_only`, of those that were not undone."""
    query = select(func.max(DistributionBatch.id)).where(DistributionBatch.ppa_id == ppa_id)
    if applied_only:
        query = query.where(DistributionBatch.undone_at.is_(None))
    return db.session.scalar(query)


def _state_in_pesos(row: TreeRow) -> tuple[Any, ...]:
    own, spent = row.allocated_budget, row.spent_total
    own = None if own is None else int(own.scaleb(2))
    return row.id, row.parent_id, row.position, row.status.value, own, int(spent.scaleb(2))


def _fingerprint(ppa: PPA, items: Iterable[tuple[Any, ...]]) -> str:
    state = repr((ppa.id, ppa.budget_allocation, _batches(ppa.id), list(items)))
    return hashlib.sha256(state.encode()).hexdigest()[:32]


def _batches(ppa_id: int) -> tuple[object, ...]:
    query = select(func.max(DistributionBatch.id), func.max(DistributionBatch.undone_at))
    return tuple(db.session.execute(query.where(DistributionBatch.ppa_id == ppa_id)).one())
