"""Change sets, newest first: all that one request, job or command changed is one change set.

A page of them costs the same however long the history is. The entries are walked back from the
newest, by number alone, until the page's change sets are complete; the rest of a large one is
skipped.
"""

from dataclasses import dataclass, field

from sqlalchemy import Select, select, union_all

from obcms.history.reads.entries import Conditions
from obcms.kernel.audit.models import ENTRIES
from obcms.kernel.audit.position import change_set_of_entry
from obcms.kernel.extensions import db

PAGE = 25
BATCH = 1_000  # entries walked over at a time
MOST = 500  # entries of one change set that are counted; a large tree makes thousands in one go
SHOWN = 40  # entries of one change set that are told


@dataclass(slots=True)
class ChangeSetEntries:
    """The numbers of a change set's entries, newest first, at most `MOST` and one more."""

    ids: list[int] = field(default_factory=list)

    @property
    def newest(self) -> int:
        """The last one written, at which the next page goes on."""
        return self.ids[0]

    @property
    def counted(self) -> int:
        """How many there are; where there are more, as many as were counted."""
        return min(len(self.ids), MOST)

    @property
    def told(self) -> list[int]:
        """The first ones that are known, in the order of writing."""
        return self.ids[: -SHOWN - 1 : -1]

    @property
    def is_cut(self) -> bool:
        """Whether there are more entries than were counted."""
        return len(self.ids) > MOST


def newest_change_sets(of: Conditions, before: int | None) -> list[ChangeSetEntries]:
    """Up to PAGE change sets of the entries that one of `of` selects.

    They are older than the one whose newest entry is `before`.
    """
    change_sets: dict[str, ChangeSetEntries] = {}
    shown = list(db.session.scalars(select(change_set_of_entry()).where(ENTRIES.c.id == before)))
    while True:
        cut = [change_set for change_set, entries in change_sets.items() if entries.is_cut]
        rows = db.session.execute(_batch(of, before, shown + cut)).all()
        for entry_id, change_set in rows:
            if change_set not in change_sets and len(change_sets) == PAGE:
                return list(change_sets.values())
            entries = change_sets.setdefault(change_set, ChangeSetEntries())
            if not entries.is_cut:
                entries.ids.append(entry_id)
        if len(rows) < BATCH:
            return list(change_sets.values())
        before = rows[-1].id


def _batch(of: Conditions, before: int | None, left_out: list[str]) -> Select[tuple[int, str]]:
    """The newest entries with their change set, without those of the change sets left out."""
    change_set = change_set_of_entry()
    query = (
        select(ENTRIES.c.id, change_set.label("change_set"))
        .order_by(ENTRIES.c.id.desc())
        .limit(BATCH)
    )
    if before is not None:
        query = query.where(ENTRIES.c.id < before)
    if left_out:
        query = query.where(change_set.not_in(left_out))
    every = union_all(*(select(query.where(one).subquery()) for one in of)).subquery()
    return select(every.c.id, every.c.change_set).order_by(every.c.id.desc()).limit(BATCH)
