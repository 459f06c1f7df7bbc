"""A PPA and its work tree as they were at a moment."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from obcms.kernel.audit.past import Rows, from_trail, rows_of_ppa, undo
from obcms.kernel.extensions import db
from obcms.organizations.models import Organization
from obcms.ppas.models import PPA
from obcms.work.models import WorkItem


@dataclass(frozen=True, slots=True)
class PastPPA:
    """The PPA's columns and its work items in their order; `ppa` is None before it existed."""

    at: datetime
    ppa: SimpleNamespace | None
    items: list[SimpleNamespace]
    spent: Decimal


def ppa_as_of(ppa_id: int, at: datetime) -> PastPPA:
    """The PPA at the moment, rebuilt from what stands now and the trail since. At most 2 queries
    for each audited table, whatever happened in between.
    """
    rows, entries = rows_of_ppa(db.session(), ppa_id, at)
    return from_rows(undo(rows, entries), ppa_id, at)


def from_rows(rows: Rows, ppa_id: int, at: datetime) -> PastPPA:
    """The records as objects with the columns as attributes."""
    found = rows["ppa"].get(str(ppa_id))
    items = [_record(WorkItem, row) for row in rows["work_item"].values()]
    items.sort(key=lambda item: (item.position, item.id))
    ppa = _record(PPA, found) if found else None
    if ppa is not None:
        ppa.implementing_moa = db.session.get(Organization, ppa.implementing_moa_id or 0)
    amounts = (
        Decimal(line["amount"])
        for line in rows["expenditure"].values()
        if line["voided_at"] is None
    )
    return PastPPA(at, ppa, items, sum(amounts, Decimal(0)))


def _record(model: type[db.Model], row: dict[str, Any]) -> SimpleNamespace:
    table = model.__table__
    return SimpleNamespace(**{name: from_trail(table, name, value) for name, value in row.items()})
