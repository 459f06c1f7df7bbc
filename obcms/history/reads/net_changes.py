"""What became of each work item over a stretch of the trail, whatever happened on the way."""

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Row

from obcms.history.reads.past import ITEM_TABLE
from obcms.kernel.audit.models import AuditAction
from obcms.kernel.audit.wording import SILENT

# Where an item stands is told by its number; the rest follows from other figures.
NOT_COMPARED = {"id", "ppa_id", "position", "budget_share", "distributed", "spent_here"}
# The first old and the last new value of each column, as they stand in the trail.
Pairs = dict[str, tuple[Any, Any]]
ALLOCATION = "effective_allocation"


def compared(columns: Iterable[str]) -> set[str]:
    """Those that a comparison tells of."""
    return set(columns) - NOT_COMPARED - SILENT


def noting(entries: Iterable[Row[Any]], changed: dict[int, Pairs]) -> Iterator[Row[Any]]:
    """Passes the entries on, newest first, and notes in `changed` what they did to work items.

    Of an item that came or went only the allocation is told.
    """
    for entry in entries:
        if entry.table_name == ITEM_TABLE.name:
            pairs = changed.setdefault(int(entry.row_key), {})
            whole_row = entry.action != AuditAction.UPDATE
            for name in {ALLOCATION} if whole_row else compared(entry.changes):
                old, new = entry.changes.get(name, (None, None))
                pairs[name] = (old, pairs[name][1] if name in pairs else new)
        yield entry
