"""A copy of a work item stands right after it, with what is below it and without money."""

import pytest
from sqlalchemy import select

from obcms.kernel.db.relations import loaded
from obcms.kernel.extensions import db
from obcms.kernel.permissions import SYSTEM
from obcms.work.duplicate import duplicate_item
from obcms.work.models import WorkItem
from obcms.work.move import move_item
from tests.support.factories import make_ppa, track

pytestmark = pytest.mark.usefixtures("app")


def outline(ppa_id: int) -> list[tuple[str, str | None]]:
    """(title, parent's title) of every item, siblings in their order."""
    query = select(WorkItem).where(WorkItem.ppa_id == ppa_id)
    found = db.session.scalars(query.order_by(WorkItem.position, WorkItem.id)).all()
    titles = {one.id: one.title for one in found}
    return [(one.title, titles.get(one.parent_id)) for one in found]


@pytest.mark.parametrize("with_subtree", [True, False])
def test_a_copy_is_its_originals_next_sibling(with_subtree: bool) -> None:
    items = track(make_ppa())
    original = items["Preparation"]
    parent = loaded(original, "parent")
    below = [child.title for child in loaded(original, "children")]
    siblings = [child.title for child in loaded(parent, "children")]
    copy = duplicate_item(SYSTEM, original, with_subtree)
    db.session.commit()
    db.session.expire_all()
    assert copy.parent_id == parent.id
    place = siblings.index("Preparation") + 1
    wanted = [*siblings[:place], "Preparation (copy)", *siblings[place:]]
    assert [child.title for child in loaded(parent, "children")] == wanted
    assert [child.title for child in loaded(copy, "children")] == (below if with_subtree else [])
    assert copy.allocated_budget is None
    roots = [title for title, above in outline(copy.ppa_id) if above is None]
    assert roots == [parent.title]
    assert move_item(SYSTEM, copy, parent, 0).place == 0
