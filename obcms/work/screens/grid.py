"""The rows of the tree grid: one line per work item, in reading order, ready to be shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from obcms.ppas.models import PPA
from obcms.work.reads.tree import TreeRow, children_by_parent, figures
from obcms.work.rules.choices import WorkStatus, WorkType
from obcms.work.rules.outline import outline_numbers
from obcms.work.rules.structure import CHILD_TYPES, MAX_DEPTH

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class GridRow:
    """One work item as the grid shows it. `level` counts from 1, as does `place` of `siblings`."""

    row: TreeRow
    number: str
    level: int
    place: int
    siblings: int
    children: int
    figures: Mapping[str, Any]
    computed: bool
    off: bool
    outside_parent: bool

    @property
    def grows(self) -> bool:
        """Whether a child may be added below."""
        return self.level < MAX_DEPTH and bool(CHILD_TYPES.get(self.row.work_type))


def grid_lines(rows: Sequence[TreeRow]) -> list[GridRow]:
    """Every row of one PPA's tree with its place and figures; no query."""
    numbers = outline_numbers((row.id, row.parent_id, row.position) for row in rows)
    children = children_by_parent(rows)
    by_id = {row.id: row for row in rows}
    place = {
        row.id: (index, len(siblings))
        for siblings in children.values()
        for index, row in enumerate(siblings, 1)
    }
    lines: dict[int, GridRow] = {}
    for item_id, number in numbers.items():
        row = by_id[item_id]
        above = lines.get(row.parent_id)
        below = children.get(item_id, [])
        lines[item_id] = GridRow(
            row=row,
            number=number,
            level=above.level + 1 if above else 1,
            place=place[item_id][0],
            siblings=place[item_id][1],
            children=len(below),
            figures=figures(row, bool(below)),
            computed=is_computed(row, below),
            off=bool(above and (above.off or above.row.status == WorkStatus.CANCELLED)),
            outside_parent=bool(above and _leaves(row, above.row)),
        )
    return list(lines.values())


def is_computed(row: TreeRow, below: Sequence[TreeRow]) -> bool:
    """Whether progress and status follow from the items below, so that nobody can type them."""
    return row.auto_calculate_progress and any(
        child.status != WorkStatus.CANCELLED for child in below
    )


def _leaves(row: TreeRow, parent: TreeRow) -> bool:
    """Whether the item's dates leave its parent's span: allowed, but worth a warning (SPEC 3)."""
    early = row.start_date and parent.start_date and row.start_date < parent.start_date
    late = row.end_date and parent.end_date and row.end_date > parent.end_date
    return bool(early or late)


def child_types(parent: WorkType) -> list[WorkType]:
    """The types that may stand directly below one, in the order of the choice list."""
    return [kind for kind in WorkType if kind in CHILD_TYPES.get(parent, ())]


@dataclass(frozen=True, slots=True)
class Cards:
    """The figures above the grid, in pesos and percent."""

    allocated: Decimal | None
    distributed: Decimal
    spent: Decimal
    remaining: Decimal | None
    unallocated: Decimal | None
    utilization: Decimal | None
    state: Any


def summary_cards(ppa: PPA, rows: Sequence[TreeRow]) -> Cards:
    """The execution project's figures."""
    root = next((row for row in rows if row.id == ppa.execution_project_id), None)
    if root is None:
        return Cards(ppa.budget_allocation, ZERO, ZERO, ppa.budget_allocation, None, None, None)
    shown = figures(root, any(row.parent_id == root.id for row in rows))
    return Cards(
        allocated=shown["effective_allocation"],
        distributed=root.distributed or ZERO,
        spent=root.spent_total,
        remaining=shown["remaining"],
        unallocated=shown["unallocated"],
        utilization=shown["utilization"],
        state=shown["budget_state"],
    )
