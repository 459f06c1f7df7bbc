"""Trees of any size."""

from sqlalchemy import select

from obcms.kernel.extensions import db
from obcms.ppas.models import PPA
from obcms.work.models import WorkItem
from obcms.work.rules.choices import WorkType
from tests.support.factories import make_ppa, track

IN_ONE = 9


def project(ppa: PPA | None = None) -> WorkItem:
    """The execution project of a tracked PPA, with nothing below it but what a template puts."""
    return track(ppa or make_ppa(), "minimal")["root"]


def branch(size: int) -> WorkItem:
    """A sub-project of `size` items with itself: activities in it, and nine tasks in each."""
    root = project()
    top = _item(root, WorkType.SUB_PROJECT, "Branch", 100)
    items, parent = [top], top
    for number in range(1, size):
        if number % (IN_ONE + 1) == 1:
            parent = _item(top, WorkType.ACTIVITY, f"Activity {number}", number)
            items.append(parent)
        else:
            items.append(_item(parent, WorkType.TASK, f"Task {number}", number))
    db.session.add_all(items)
    db.session.flush()
    return top


def row(size: int) -> WorkItem:
    """A sub-project with `size` activities directly below it, named "0", "1", ..."""
    top = _item(project(), WorkType.SUB_PROJECT, "Row", 100)
    db.session.add_all(_item(top, WorkType.ACTIVITY, str(place), place) for place in range(size))
    db.session.flush()
    return top


def children(parent: WorkItem) -> list[WorkItem]:
    """What stands directly below, in order, as it is stored."""
    query = select(WorkItem).where(WorkItem.parent_id == parent.id)
    return list(db.session.scalars(query.order_by(WorkItem.position, WorkItem.id)))


def titles(parent: WorkItem) -> list[str]:
    """The titles of the same."""
    return [child.title for child in children(parent)]


def _item(parent: WorkItem, work_type: WorkType, title: str, position: int) -> WorkItem:
    return WorkItem(
        parent=parent, ppa_id=parent.ppa_id, work_type=work_type, title=title, position=position
    )
