"""Whether the work tree keeps its shape after a change: types, depth, no loops (SPEC 3)."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from obcms.kernel.errors import Invalid
from obcms.work.reads.tree import ITEM, TreeRow
from obcms.work.rules.structure import MAX_DEPTH, below_itself, check_child

Rows = Mapping[int, TreeRow]


def check(session: Session, rows: Rows, restructured: set[int]) -> None:
    """Raises Invalid for the first item that may not stand where it now stands.

    `rows` hold every restructured item with its ancestors and its direct children.
    """
    if not restructured:
        return
    children: dict[int | None, list[TreeRow]] = {}
    for row in rows.values():
        children.setdefault(row.parent_id, []).append(row)
    for item_id in restructured & rows.keys():
        row = rows[item_id]
        _check_ancestors(rows, row)
        _check_types(rows, row, children.get(item_id, []))
    moved_trees = restructured & rows.keys() & children.keys()
    if moved_trees:
        _check_height(session, rows, moved_trees)


def _check_ancestors(rows: Rows, row: TreeRow) -> None:
    seen, depth, above = {row.id}, 1, row
    while above.parent_id is not None and above.parent_id in rows:
        above = rows[above.parent_id]
        depth += 1
        if above.id in seen:
            raise below_itself(row.title)
        seen.add(above.id)
    if depth > MAX_DEPTH:
        raise Invalid(_too_deep(row.title), "parent")


def _check_types(rows: Rows, row: TreeRow, children: list[TreeRow]) -> None:
    if row.parent_id is not None:
        check_child(rows[row.parent_id].work_type, row.work_type)
    for child in children:
        check_child(row.work_type, child.work_type)


def _check_height(session: Session, rows: Rows, moved: set[int]) -> None:
    """One query down from the moved items, so that their own descendants stay within the depth."""
    below = select(ITEM.id, ITEM.parent_id).where(ITEM.parent_id.in_(moved))
    below = below.cte("below", recursive=True)
    below = below.union(select(ITEM.id, ITEM.parent_id).join(below, ITEM.parent_id == below.c.id))
    found = session.connection().execute(select(below.c.id, below.c.parent_id))
    parents = dict(found.tuples().all())
    known = {row.id: row.parent_id for row in rows.values()} | parents
    for item_id in parents:
        depth, above = 1, item_id
        while known.get(above) is not None:
            depth, above = depth + 1, known[above]
        if depth > MAX_DEPTH:
            title = rows[item_id].title if item_id in rows else "an item below it"
            raise Invalid(_too_deep(title), "parent")


def _too_deep(title: str) -> str:
    return f"“{title}” would be more than {MAX_DEPTH} levels deep."
