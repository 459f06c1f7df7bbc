"""The distributions made of a PPA: listed without what they changed, one read whole on demand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import defer, joinedload

from obcms.budget.models import DistributionBatch
from obcms.kernel.extensions import db
from obcms.work.reads.tree import TreeRow
from obcms.work.rules.outline import outline_numbers

LISTED = 50
PAGE = 200  # items shown at a time
GONE = "an item that was deleted since"


@dataclass(frozen=True, slots=True)
class ListedBatch:
    """A distribution in the list: `budget` in pesos, how many `items` it gave an amount."""

    batch: DistributionBatch
    parent: str
    budget: Decimal
    cascade: bool
    items: int


@dataclass(frozen=True, slots=True)
class AllocationChange:
    """One item's amount in pesos before and after; `value` is the weight that was typed.

    Number and title are those of today; the number is empty where the item is gone.
    """

    number: str
    title: str
    before: Decimal | None
    after: Decimal
    value: str


@dataclass(frozen=True, slots=True)
class AllocationChanges:
    """One page of what a distribution changed; pages count from 1."""

    lines: Sequence[AllocationChange]
    page: int
    pages: int
    items: int


def list_batches(ppa_id: int) -> list[ListedBatch]:
    """The newest first, in one query that fetches none of the amounts."""
    model = DistributionBatch
    items = func.json_each(model.after).table_valued("key")
    query = (
        select(
            model,
            model.parameters["budget"].as_string(),
            model.parameters["cascade"].as_boolean(),
            select(func.count()).select_from(items).scalar_subquery(),
        )
        .where(model.ppa_id == ppa_id)
        .order_by(model.id.desc())
        .limit(LISTED)
        .options(
            *(defer(column) for column in (model.before, model.after, model.parameters)),
            *(joinedload(person) for person in (model.applied_by, model.undone_by, model.parent)),
        )
    )
    return [
        ListedBatch(
            batch, batch.parent.title if batch.parent else GONE, Decimal(budget), cascade, count
        )
        for batch, budget, cascade, count in db.session.execute(query)
    ]


def is_untouched(batch: DistributionBatch, budgets: Mapping[int, Decimal | None]) -> bool:
    """Whether every item still has what the batch gave it; `budgets` are today's, by item."""
    return all(
        budgets.get(int(item_id)) == Decimal(amount) for item_id, amount in batch.after.items()
    )


def changes_of(batch: DistributionBatch, rows: Sequence[TreeRow], page: int) -> AllocationChanges:
    """A page of the changes in the tree's reading order, what is gone at the end.

    `rows` are the PPA's tree as it is now. A page past the end is the last.
    """
    numbers = outline_numbers((row.id, row.parent_id, row.position) for row in rows)
    titles = {row.id: row.title for row in rows}
    place = {item_id: number for number, item_id in enumerate(numbers)}
    item_ids = sorted(map(int, batch.after), key=lambda item_id: place.get(item_id, len(place)))
    pages = max(1, -(-len(item_ids) // PAGE))
    page = min(max(page, 1), pages)
    values = batch.parameters.get("values", {})
    lines = []
    for item_id in item_ids[(page - 1) * PAGE : page * PAGE]:
        key = str(item_id)
        before = batch.before.get(key)
        lines.append(
            AllocationChange(
                numbers.get(item_id, ""),
                titles.get(item_id, GONE),
                None if before is None else Decimal(before),
                Decimal(batch.after[key]),
                values.get(key, ""),
            )
        )
    return AllocationChanges(lines, page, pages, len(item_ids))
