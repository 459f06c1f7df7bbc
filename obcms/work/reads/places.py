"""Where a work item may be moved to: a few parents at a time, and the places below one of them."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import CTE, func, literal, select

from obcms.kernel.db.search import found_in
from obcms.kernel.extensions import db
from obcms.work.models import WorkItem
from obcms.work.reads.one_item import outline_number, outline_numbers_of
from obcms.work.reads.tree import ITEM
from obcms.work.rules.structure import MAX_DEPTH, parent_types

LIMIT = 20


class Parent(NamedTuple):
    """An item that another may be moved below."""

    id: int
    number: str
    title: str


class Place(NamedTuple):
    """The place before a sibling: `index` counts from 0 without the item that moves.

    `here`: that item stands there already.
    """

    index: int
    number: str
    title: str
    here: bool


def read_parents(item: WorkItem, asked: str = "") -> Sequence[Parent]:
    """The first `LIMIT` possible parents of the item whose titles have what is asked.

    They take its type and have room for what is below it. The present parent comes first, then
    its own siblings; three queries, whatever the size of the tree.
    """
    reach = _reach(item, MAX_DEPTH - 1 - _levels_below(item.id))
    query = (
        select(ITEM.id, ITEM.title)
        .join(reach, ITEM.id == reach.c.id)
        .where(ITEM.work_type.in_(parent_types(item.work_type)), found_in(asked, ITEM.search_text))
        .order_by(
            (ITEM.id == item.parent_id).desc(),
            (ITEM.parent_id == item.parent_id).desc().nulls_last(),  # the root has none
            reach.c.level,
            ITEM.position,
            ITEM.id,
        )
        .limit(LIMIT)
    )
    found = db.session.execute(query).all()
    numbers = outline_numbers_of([row.id for row in found])
    return [Parent(row.id, numbers[row.id], row.title) for row in found]


def read_places(item: WorkItem, parent_id: int) -> Iterator[Place]:
    """Every place before another child of the parent, in their order."""
    query = select(ITEM.id, ITEM.title).where(ITEM.parent_id == parent_id)
    siblings = db.session.execute(query.order_by(ITEM.position, ITEM.id)).all()
    number = outline_number(parent_id)
    index, here = 0, False
    for place, row in enumerate(siblings, 1):
        if row.id == item.id:
            here = True
            continue
        yield Place(index, f"{number}.{place}", row.title, here)
        index, here = index + 1, False


def _levels_below(item_id: int) -> int:
    """How many levels are below the item."""
    below = select(ITEM.id, literal(0).label("down")).where(ITEM.id == item_id)
    below = below.cte("below", recursive=True)
    below = below.union_all(
        select(ITEM.id, below.c.down + 1).join(below, ITEM.parent_id == below.c.id)
    )
    return db.session.scalar(select(func.max(below.c.down))) or 0


def _reach(item: WorkItem, deepest: int) -> CTE:
    """The tree down to this level, without the item and what is below it."""
    tree = select(ITEM.id, literal(1).label("level"))
    tree = tree.where(ITEM.tree_key == (item.ppa_id or 0), ITEM.parent_id.is_(None))
    tree = tree.cte("tree", recursive=True)
    down = select(ITEM.id, tree.c.level + 1).join(tree, ITEM.parent_id == tree.c.id)
    return tree.union_all(down.where(ITEM.id != item.id, tree.c.level < deepest))
