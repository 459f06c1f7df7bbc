"""What a PPA's work tree asks of the PPA's own columns (SPEC 5)."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from obcms.kernel.errors import Problem
from obcms.kernel.extensions import db
from obcms.ppas.models import PPA
from obcms.work.models import WorkItem
from obcms.work.rules.budget import emptied_message, excess, excess_message

POINTER = "budget_allocation"
# The columns whose change makes the roll-up look at the whole tree.
LOOKED_AT = frozenset({POINTER, "start_date", "target_end_date"})


@dataclass(frozen=True, slots=True)
class _TreeBound:
    """As the roll-up refuses it: no allocation below what is distributed (`budget_limits`)."""

    distributed: Decimal
    over: Decimal

    def __call__(self, values: Mapping[str, Any], changed: Collection[str]) -> Iterator[Problem]:
        if LOOKED_AT.isdisjoint(changed):
            return
        allocation = values[POINTER]
        if allocation is None and self.distributed:
            yield Problem(emptied_message(values["code"], self.distributed), POINTER)
        elif excess(allocation, self.distributed) > self.over:
            # The execution project has the PPA's title.
            said = excess_message(values["title"], allocation, self.distributed)
            yield Problem(said, POINTER)


def tree_bounds(ppa_ids: Collection[int]) -> dict[int, _TreeBound]:
    """For each of these PPAs that has something distributed over its tree."""
    query = (
        select(PPA.id, WorkItem.distributed, PPA.over_distributed)
        .join(WorkItem, PPA.execution_project_id == WorkItem.id)
        .where(PPA.id.in_(ppa_ids), WorkItem.distributed.is_not(None))
    )
    return {ppa_id: _TreeBound(below, over) for ppa_id, below, over in db.session.execute(query)}
