"""To which PPA a changed row belongs, so that its history is found in one place."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from obcms.models import PPA, WorkItem


def ppa_of(session: Session, table: Table, row: Mapping[str, Any]) -> int | None:
    """The PPA's id; None for what belongs to none, such as a user."""
    if table is PPA.__table__:
        return row["id"]
    if "ppa_id" in row:
        return row["ppa_id"]
    if "work_item_id" in row:
        return _ppa_of_item(session, row["work_item_id"])
    return None


def _ppa_of_item(session: Session, item_id: int) -> int | None:
    item = session.identity_map.get(session.identity_key(WorkItem, item_id))
    if item is not None and "ppa_id" in item.__dict__:
        return item.__dict__["ppa_id"]
    return session.connection().scalar(select(WorkItem.ppa_id).where(WorkItem.id == item_id))
