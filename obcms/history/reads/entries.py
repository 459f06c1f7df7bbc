"""Which entries of the trail speak of a record: conditions that together select them.

Each is answered by an index that ends with the id, so the newest are found without the others.
"""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, String, cast, select

from obcms.approval.models import ApprovalWriter
from obcms.kernel.audit.models import ENTRIES
from obcms.spending.models import Expenditure

WRITERS = ApprovalWriter.__tablename__  # follows from the changes themselves
Conditions = Sequence[ColumnElement[bool]]


def of_ppa(ppa_id: int) -> Conditions:
    """The entries about a PPA and all that belongs to it that says something to a reader."""
    return ((ENTRIES.c.ppa_id == ppa_id) & (ENTRIES.c.table_name != WRITERS),)


def of_item(item_id: int) -> Conditions:
    """The entries about one work item and what was spent on it."""
    spent = select(cast(Expenditure.id, String)).where(Expenditure.work_item_id == item_id)
    of_table, key = ENTRIES.c.table_name, ENTRIES.c.row_key
    return (
        (of_table == "work_item") & (key == str(item_id)),
        # Between "7/" and "70": all keys that begin with "7/".
        (of_table == "work_item_assignee") & (key > f"{item_id}/") & (key < f"{item_id}0"),
        (of_table == "expenditure") & key.in_(spent),
    )
