"""Acts, newest first: an act is everything that one request, job or command changed.

A page of them costs the same however long the history is. The entries are walked back from the
newest, by number alone, until the page's acts are complete; of a large act the rest is skipped.
"""

from dataclasses import dataclass, field

from sqlalchemy import Select, select, union_all

from obcms.history.reads.entries import Conditions
from obcms.kernel.audit.models import ENTRIES
from obcms.kernel.audit.position import act_of_entry
from obcms.kernel.extensions import db

PAGE = 25
BATCH = 1_000  # entries walked over at a time
MOST = 500  # entries of one act that are counted; a large tree makes thousands in one go
SHOWN = 40  # entries of one act that are told


@dataclass(slots=True)
class ActEntries:
    """The numbers of an act's entries, newest first, at most `MOST` and one more."""

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


def newest_acts(of: Conditions, before: int | None) -> list[ActEntries]:
    """Up to PAGE acts on the entries that one of `of` selects, older than the act whose newest
    entry is `before`.
    """
    acts: dict[str, ActEntries] = {}
    shown = list(db.session.scalars(select(act_of_entry()).where(ENTRIES.c.id == before)))
    while True:
        cut = [act for act, entries in acts.items() if entries.is_cut]
        rows = db.session.execute(_batch(of, before, shown + cut)).all()
        for entry_id, act in rows:
            if act not in acts and len(acts) == PAGE:
                return list(acts.values())
            entries = acts.setdefault(act, ActEntries())
            if not entries.is_cut:
                entries.ids.append(entry_id)
        if len(rows) < BATCH:
            return list(acts.values())
        before = rows[-1].id


def _batch(of: Conditions, before: int | None, left_out: list[str]) -> Select[tuple[int, str]]:
    """The newest entries with their act, without those of the acts left out."""
    act = act_of_entry()
    query = select(ENTRIES.c.id, act.label("act")).order_by(ENTRIES.c.id.desc()).limit(BATCH)
    if before is not None:
        query = query.where(ENTRIES.c.id < before)
    if left_out:
        query = query.where(act.not_in(left_out))
    every = union_all(*(select(query.where(one).subquery()) for one in of)).subquery()
    return select(every.c.id, every.c.act).order_by(every.c.id.desc()).limit(BATCH)
