"""A planned work tree: everything but its numbers can be ready before a lock (SPEC 3)."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from obcms.kernel.audit.bulk import NewRows, new_ids
from obcms.kernel.rules.splitting import split, split_equally
from obcms.ppas.rules.choices import ProgressWeighting
from obcms.work.models import WorkItem
from obcms.work.rules.choices import DistributionMethod, TemplateKind, WorkStatus, WorkType
from obcms.work.rules.outline_text import parse_outline
from obcms.work.rules.planning import PlannedItem, plan, plan_milestones
from obcms.work.rules.rollup import Node, recompute
from obcms.work.touched import TOUCHED

ZERO = Decimal(0)


class Basis(NamedTuple):
    """All that an execution project is made from: equal ones make equal projects.

    `outline` and `kind` are the structure template's; milestones are (title, due date).
    """

    ppa_id: int
    title: str
    budget: Decimal | None
    start: date | None
    end: date | None
    policy: str
    weighting: ProgressWeighting
    is_started: bool
    kind: TemplateKind
    outline: str
    milestones: tuple[tuple[str, date | None], ...]


class PlannedTree:
    """The work items that a basis gives, with the figures that a roll-up would derive."""

    def __init__(self, basis: Basis) -> None:
        self.basis = basis
        rows = _rows(basis)
        self.parents = [row.pop("parent") for row in rows]
        nodes = [
            _node(number, parent, row)
            for number, (parent, row) in enumerate(zip(self.parents, rows, strict=True))
        ]
        derived = recompute(nodes, basis.weighting, basis.is_started)
        self.figures = derived[0]
        for number, row in enumerate(rows):
            figures = derived[number]
            row["status"] = figures.status
            row["distributed"] = figures.distributed
            row["effective_allocation"] = figures.effective
        columns = {name: [row[name] for row in rows] for name in rows[0]}
        self.rows = NewRows(WorkItem, basis.ppa_id, columns, late=("id", "parent_id"))

    def write(self, session: Session) -> int:
        """Writes the tree in two statements; returns the root's id. The PPA must be locked."""
        ids = new_ids(session, WorkItem, self.rows.count)
        parent_ids = [None if number is None else ids[number] for number in self.parents]
        self.rows.insert(session, {"id": ids, "parent_id": parent_ids})
        TOUCHED.of(session).derived[ids[0]] = self.figures
        return ids[0]


def _rows(basis: Basis) -> list[dict[str, Any]]:
    """The root and all below it, parents before children; `parent` is the place in this list."""
    root = {
        "parent": None,
        "work_type": WorkType.PROJECT,
        "title": basis.title,
        "position": 0,
        "allocated_budget": basis.budget,
        "budget_share": None,
        "start_date": basis.start,
        "end_date": basis.end,
    }
    rows, levels = [root], [(0, _planned(basis))]
    for parent, below in levels:  # grows while it is worked off
        amounts = _amounts(basis.policy, below, rows[parent]["allocated_budget"])
        for position, (one, amount) in enumerate(zip(below, amounts, strict=True)):
            if one.children:
                levels.append((len(rows), one.children))
            rows.append(
                {
                    "parent": parent,
                    "work_type": one.work_type,
                    "title": one.title,
                    "position": position,
                    "allocated_budget": amount,
                    "budget_share": one.budget_share,
                    "start_date": one.start,
                    "end_date": one.end,
                }
            )
    return rows


def _planned(basis: Basis) -> tuple[PlannedItem, ...]:
    if basis.kind is TemplateKind.MILESTONES:
        return plan_milestones(basis.milestones, basis.start, basis.end)
    return plan(parse_outline(basis.outline), basis.start, basis.end)


def _amounts(
    policy: str, planned: Sequence[PlannedItem], budget: Decimal | None
) -> Sequence[Decimal | None]:
    """Equal parts, nothing yet (to be entered by hand), or the template's shares as weights."""
    if not planned or budget is None or policy == DistributionMethod.MANUAL:
        return [None] * len(planned)
    if policy == DistributionMethod.EQUAL:
        return split_equally(budget, len(planned))
    return split(budget, [one.budget_share for one in planned])


def _node(number: int, parent: int | None, row: dict[str, Any]) -> Node:
    return Node(
        number,
        parent,
        WorkStatus.NOT_STARTED,
        ZERO,
        True,
        False,
        row["allocated_budget"],
        ZERO,
        row["start_date"],
        row["end_date"],
    )
