"""The answer to "how was this computed?" for a shown progress (SPEC 4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import or_, select

from obcms.kernel.extensions import db
from obcms.kernel.rules.percent import ALMOST
from obcms.ppas.rules.choices import ProgressWeighting
from obcms.work.reads.one_item import outline_number
from obcms.work.reads.tree import COLUMNS, ITEM, TreeRow, as_child, read_rows
from obcms.work.rules.choices import WorkStatus
from obcms.work.rules.explanation import ExplainedRow, explain
from obcms.work.rules.rollup import Child, child_weights

WEIGHTS = {
    ProgressWeighting.EQUAL: "Every item counts the same.",
    ProgressWeighting.BUDGET: "Items count by their allocated budget.",
    ProgressWeighting.DURATION: "Items count by their length in days.",
}


@dataclass(frozen=True, slots=True)
class ComputationPart:
    """One child in the computation; `weight` is in the unit that `Computation.unit` names."""

    id: int
    number: str
    figures: ExplainedRow


@dataclass(frozen=True, slots=True)
class Computation:
    """How one item's progress came about.

    `computed` tells whether it follows from the parts at all; `unit` is equal, budget or
    duration as it was really used, which is equal where the chosen weights are all zero.
    """

    item: TreeRow
    number: str
    sentence: str
    computed: bool
    unit: ProgressWeighting
    parts: tuple[ComputationPart, ...]


def explain_item(item_id: int, weighting: ProgressWeighting) -> Computation:
    """Explains one item, from its own row, those directly below, and its outline number."""
    query = select(*COLUMNS).where(or_(ITEM.id == item_id, ITEM.parent_id == item_id))
    rows = read_rows(db.session.connection(), query.order_by(ITEM.position, ITEM.id))
    item = next(row for row in rows if row.id == item_id)
    below = [row for row in rows if row.id != item_id]
    children = [as_child(row) for row in below]
    named = [(row.title, child) for row, child in zip(below, children, strict=True)]
    explained = explain(named, weighting)
    unit = _unit(children, weighting)
    number = outline_number(item_id)
    parts = tuple(
        ComputationPart(row.id, f"{number}.{place}", figures)
        for place, (row, figures) in enumerate(zip(below, explained.rows, strict=True), 1)
    )
    computed = item.auto_calculate_progress and explained.result is not None
    sentence = _sentence(item, below, computed, weighting, unit)
    return Computation(item, number, sentence, computed, unit, parts)


def _unit(children: Sequence[Child], weighting: ProgressWeighting) -> ProgressWeighting:
    """The weighting in force: equal weights where the chosen ones sum to zero."""
    chosen = child_weights(children, weighting)
    real = {
        ProgressWeighting.BUDGET: [child.allocation or Decimal(0) for child in children],
        ProgressWeighting.DURATION: [Decimal(child.days) for child in children],
    }.get(weighting)
    if real is None:
        return ProgressWeighting.EQUAL
    open_weights = [
        weight
        for weight, child in zip(real, children, strict=True)
        if child.status != WorkStatus.CANCELLED
    ]
    return weighting if any(chosen) and any(open_weights) else ProgressWeighting.EQUAL


def _sentence(
    item: TreeRow,
    below: Sequence[TreeRow],
    computed: bool,
    weighting: ProgressWeighting,
    unit: ProgressWeighting,
) -> str:
    if not below:
        return "Nothing is below this item, so its progress is what was reported on it."
    if not item.auto_calculate_progress:
        return (
            "This progress is entered by hand: “Calculate progress automatically” is off for this "
            "item. The items below it do not change it."
        )
    if not computed:
        return "Every item below is cancelled, so the last progress stays."
    mean = "The weighted mean of the items directly below that are not cancelled."
    sentence = f"{mean} {WEIGHTS[unit]}"
    if unit is not weighting:
        reason = "has a budget" if weighting is ProgressWeighting.BUDGET else "has both dates"
        sentence += f" (No item {reason} yet, so the weights are equal for now.)"
    if item.progress == ALMOST:
        sentence += " It reads 100 only once each of them is at 100, however little it weighs."
    return sentence
