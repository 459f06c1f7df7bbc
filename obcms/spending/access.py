"""Finding an expenditure where its work item or PPA exists for the actor already."""

from sqlalchemy import ColumnElement, select

from obcms.kernel.db.keys import LARGEST_KEY
from obcms.kernel.errors import NotFound
from obcms.kernel.extensions import db
from obcms.spending.models import Expenditure
from obcms.work.models import WorkItem


def find_expenditure(line_id: int, within: ColumnElement[bool]) -> Expenditure:
    """The posted line, if its work item meets the condition `within`; raises NotFound.

    A line of another tree is as missing as one that never was, word for word.
    """
    query = select(Expenditure).join(WorkItem, WorkItem.id == Expenditure.work_item_id)
    query = query.where(Expenditure.id == line_id, within)
    line = db.session.scalar(query) if line_id <= LARGEST_KEY else None
    if line is None:
        raise NotFound("There is no such expenditure.")
    return line
