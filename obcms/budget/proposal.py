"""A distribution of a budget as it was asked for, proposed and applied (SPEC 5)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from obcms.budget.models import DistributionBatch
from obcms.budget.reads.tree_version import Distributed, tree_version
from obcms.work.reads.tree import TreeRow
from obcms.work.rules.choices import DistributionMethod


@dataclass(frozen=True, slots=True)
class Request:
    """What to distribute: `values` are weights or amounts by item id; no parent means the root.

    With `cascade` what is below is distributed too; with `rescale` it keeps its proportions, and
    changes only where it would no longer fit.
    """

    method: DistributionMethod
    values: Mapping[Any, Any] | None = None
    parent_id: int | None = None
    cascade: bool = False
    rescale: bool = False


class ProposedAmount(NamedTuple):
    """One item of a proposal, in pesos. `spent` is what was spent on it and below it."""

    item: TreeRow
    before: Decimal | None
    after: Decimal
    spent: Decimal

    @property
    def difference(self) -> Decimal:
        """Pesos more than now; what is not set counts as zero."""
        return self.after - (self.before or Decimal(0))

    @property
    def below_spent(self) -> bool:
        """Whether the item would get less than what was spent on it already."""
        return self.after < self.spent

    @property
    def below_its_items(self) -> bool:
        """Whether its own items hold more than it would get, and more so than they do already."""
        held = self.item.distributed or Decimal(0)
        return self.after < (held if self.before is None else min(held, self.before))


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a distribution would do, and the state of the tree that it was computed from."""

    ppa_id: int
    allocation: Decimal | None
    rows: Sequence[TreeRow]
    distributed: Distributed
    parent: TreeRow
    request: Request
    budget: Decimal
    kept_by_cancelled: Decimal
    lines: tuple[ProposedAmount, ...]
    version: str

    @property
    def total(self) -> Decimal:
        """The direct children's parts: what is distributed, without what cascades further down."""
        return sum((x.after for x in self.lines if x.item.parent_id == self.parent.id), Decimal(0))

    @property
    def refused(self) -> tuple[ProposedAmount, ...]:
        """Those that cannot be applied, since nothing was asked for what is below them."""
        if self.request.cascade or self.request.rescale:
            return ()
        return tuple(line for line in self.lines if line.below_its_items)

    @property
    def amounts(self) -> dict[int, Decimal]:
        """Pesos by item id, of all lines."""
        return {line.item.id: line.after for line in self.lines}

    @property
    def recorded(self) -> dict[str, Any]:
        """What the batch keeps of it."""
        values = self.request.values or {}
        return {
            "parent_id": self.parent.id,
            "method": self.request.method,
            "parameters": {
                "values": {str(key): str(value) for key, value in values.items()},
                "cascade": self.request.cascade,
                "rescale": self.request.rescale,
                "budget": str(self.budget),
            },
            "before": {
                str(x.item.id): None if x.before is None else str(x.before) for x in self.lines
            },
            "after": {str(x.item.id): str(x.after) for x in self.lines},
        }


class Applied(NamedTuple):
    """A proposal that was applied, and as which batch."""

    batch: DistributionBatch
    batch_id: int
    proposal: Proposal

    @property
    def version(self) -> str:
        """The version of the tree right after it; asks no database, so there is time for it."""
        seen = self.proposal
        distributed = seen.distributed._replace(last_batch=self.batch_id)
        return tree_version(seen.ppa_id, seen.allocation, distributed, seen.rows, seen.amounts)
