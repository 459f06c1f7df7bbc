"""Whether a work tree is still what it was when it was looked at (SPEC 5)."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlalchemy import func, select

from obcms.budget.models import DistributionBatch
from obcms.kernel.extensions import db
from obcms.work.reads.tree import TreeRow
from obcms.work.rules.choices import WorkStatus


class Distributed(NamedTuple):
    """The newest distribution of a PPA, and when one was last undone."""

    last_batch: int | None
    last_undone: datetime | None


def last_distributed(ppa_id: int) -> Distributed:
    """As it is now."""
    query = select(func.max(DistributionBatch.id), func.max(DistributionBatch.undone_at))
    found = db.session.execute(query.where(DistributionBatch.ppa_id == ppa_id)).one()
    return Distributed(*found)


def tree_version(
    ppa_id: int,
    allocation: Decimal | None,
    distributed: Distributed,
    rows: Sequence[TreeRow],
    amounts: Mapping[int, Decimal] = MappingProxyType({}),
) -> str:
    """A fingerprint of a PPA's allocation, in pesos, its distributions and the rows of its tree.

    It is another one only when what a distribution depends on or shows is another, so that a report
    of progress in between is no conflict. `amounts` stand for what the items by these ids had.
    """
    items = [_state(row, amounts.get(row.id, row.allocated_budget)) for row in rows]
    state = repr((ppa_id, allocation, tuple(distributed), items))
    return hashlib.sha256(state.encode()).hexdigest()[:32]


def _state(row: TreeRow, own: Decimal | None) -> tuple[Any, ...]:
    is_cancelled = row.status is WorkStatus.CANCELLED
    return row.id, row.parent_id, row.position, own, row.spent_total, is_cancelled
