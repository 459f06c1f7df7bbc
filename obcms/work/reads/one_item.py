"""One work item where it stands in its tree, read without the rest of that tree."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import func, literal, select

from obcms.kernel.extensions import db
from obcms.work.models import WorkItem
from obcms.work.reads.tree import ITEM
from obcms.work.rules.choices import WorkStatus
from obcms.work.rules.outline import outline_numbers


@dataclass(frozen=True, slots=True)
class Spot:
    """Outline number and level (from 1), how many stand directly below, and whether any is open.

    `computed`: progress and status follow from those below, so that nobody can type them.
    """

    number: str
    level: int
    children: int
    computed: bool


class Below(NamedTuple):
    """An item below another; its own budget in pesos."""

    id: int
    parent_id: int
    position: float
    title: str
    allocated_budget: Decimal | None


def read_spot(item: WorkItem) -> Spot:
    """In two queries, whatever the size of the tree."""
    number = outline_number(item.id)
    count = func.count()
    query = select(count, count.filter(ITEM.status != WorkStatus.CANCELLED))
    children, still_open = db.session.execute(query.where(ITEM.parent_id == item.id)).one()
    computed = item.auto_calculate_progress and still_open > 0
    return Spot(number, number.count(".") + 1, children, computed)


def outline_number(item_id: int) -> str:
    """Such as 1.2.3, from the places of the item and those above it."""
    return outline_numbers_of([item_id])[item_id]


def outline_numbers_of(item_ids: Sequence[int]) -> dict[int, str]:
    """The outline number of each of a few items, in one query."""
    line = select(ITEM.id.label("of"), ITEM.id, ITEM.parent_id, literal(0).label("up"))
    line = line.where(ITEM.id.in_(item_ids)).cte("line", recursive=True)
    above = select(line.c.of, ITEM.id, ITEM.parent_id, line.c.up + 1)
    line = line.union_all(above.join(line, ITEM.id == line.c.parent_id))
    query = select(line.c.of, WorkItem.place).join(line, WorkItem.id == line.c.id)
    places: dict[int, list[str]] = {}
    for item_id, place in db.session.execute(query.order_by(line.c.up.desc())):
        places.setdefault(item_id, []).append(str(place + 1))
    return {item_id: ".".join(numbers) for item_id, numbers in places.items()}


def read_below(item_id: int) -> Sequence[tuple[str, Below]]:
    """Everything below the item in reading order, with its outline number; two queries."""
    columns = [ITEM[name] for name in Below._fields]
    below = select(*columns).where(ITEM.parent_id == item_id).cte("below", recursive=True)
    below = below.union_all(select(*columns).join(below, ITEM.parent_id == below.c.id))
    rows = {row.id: Below(*row) for row in db.session.execute(select(below))}
    numbers = outline_numbers((row.id, row.parent_id, row.position) for row in rows.values())
    own = outline_number(item_id)
    return [(f"{own}.{number}", rows[one]) for one, number in numbers.items()]
