"""The answer to «how was this computed?» for a progress (SPEC 4). All figures are percent."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from obcms.kernel.rules.splitting import split
from obcms.ppas.rules.choices import ProgressWeighting
from obcms.work.rules.choices import WorkStatus
from obcms.work.rules.rollup import Child, child_weights, parent_progress

ZERO = Decimal(0)
FULL = Decimal("100.00")


@dataclass(frozen=True, slots=True)
class ExplainedRow:
    """One child's part in its parent's progress; `share` and `contribution` are percent."""

    title: str
    status: WorkStatus
    progress: Decimal
    weight: Decimal
    share: Decimal
    contribution: Decimal


@dataclass(frozen=True, slots=True)
class Explanation:
    """The shares sum to 100.00 and the contributions to `result`, so the table adds up."""

    rows: tuple[ExplainedRow, ...]
    result: Decimal | None


def explain(children: Sequence[tuple[str, Child]], weighting: ProgressWeighting) -> Explanation:
    """The answer to "how was this computed?" for a parent, from (title, child) pairs (SPEC 4)."""
    kids = [child for _, child in children]
    weights = child_weights(kids, weighting)
    result = parent_progress(kids, weighting)
    earned = [weight * child.progress for weight, child in zip(weights, kids, strict=True)]
    shares = _parts(FULL, weights)
    contributions = _parts(result or ZERO, earned)
    rows = tuple(
        ExplainedRow(title, child.status, child.progress, *figures)
        for (title, child), *figures in zip(children, weights, shares, contributions, strict=True)
    )
    return Explanation(rows, result)


def _parts(whole: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    return split(whole, weights) if any(weights) else [ZERO] * len(weights)
