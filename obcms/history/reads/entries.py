"""Which entries of the trail speak of a record."""

from sqlalchemy import ColumnElement, and_, or_, select

from obcms.kernel.audit.models import AuditAction
from obcms.kernel.audit.past import ENTRY


def of_item(item_id: int) -> ColumnElement[bool]:
    """The entries about one work item and what was spent on it."""
    spent = select(ENTRY.c.row_key).where(
        ENTRY.c.table_name == "expenditure",
        ENTRY.c.action == AuditAction.INSERT,
        ENTRY.c.changes["work_item_id"][1].as_integer() == item_id,
    )
    return or_(
        and_(ENTRY.c.table_name == "work_item", ENTRY.c.row_key == str(item_id)),
        and_(ENTRY.c.table_name == "work_item_assignee", ENTRY.c.row_key.startswith(f"{item_id}/")),
        and_(ENTRY.c.table_name == "expenditure", ENTRY.c.row_key.in_(spent)),
    )
