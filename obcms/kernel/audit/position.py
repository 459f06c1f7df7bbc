"""Which entry was the last one at a moment: what happened is ordered by its writing (SPEC 9).

A clock may have run ahead or behind while entries were written, so that some dated after a moment
stand before others dated before it. Which of them are dated wrongly is told by the gaps in time: a
clock that runs ahead leaps forward first and is set back then, one behind the other way round.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, String, cast, func, select

from obcms.kernel.audit.archives import last_archive
from obcms.kernel.audit.models import ENTRIES
from obcms.kernel.db.types import utc_now

ENTRY = ENTRIES.c


def change_set_of_entry() -> ColumnElement[str]:
    """What the entries of one change set have in common: the request or job, else the moment."""
    return func.coalesce(ENTRIES.c.request_id, cast(ENTRY.at, String))


def position_at(connection: Connection, moment: datetime) -> int:
    """The id of the last entry that was written by the moment, archived ones included; 0 before
    the first, and where it is archived but not the last one of an archive.
    """
    now = utc_now()
    if moment >= now:
        return connection.scalar(select(func.max(ENTRY.id))) or 0
    last_before = connection.scalar(select(func.max(ENTRY.id)).where(ENTRY.at <= moment))
    if last_before is None:
        archived = last_archive(connection)
        return archived.last_entry_id if archived and archived.until <= moment else 0
    # What is dated after the present tells nothing about when it was written.
    dated_after = (ENTRY.at > moment) & (ENTRY.at <= now)
    first_after = connection.scalar(select(func.min(ENTRY.id)).where(dated_after))
    if first_after is None or first_after > last_before:
        return last_before
    ran_behind = _ran_behind(connection, first_after, last_before, now)
    return first_after - 1 if ran_behind else last_before


def _ran_behind(connection: Connection, first: int, last: int, now: datetime) -> bool:
    """Whether the clock was behind at the end of this stretch, rather than ahead at its start.

    Where both may be, it was ahead.
    """

    def dated(where: ColumnElement[bool], order: ColumnElement[int]) -> datetime | None:
        return connection.scalar(select(ENTRY.at).where(where).order_by(order).limit(1))

    before, after = dated(ENTRY.id < first, ENTRY.id.desc()), dated(ENTRY.id > last, ENTRY.id)
    start, end = dated(ENTRY.id == first, ENTRY.id), dated(ENTRY.id == last, ENTRY.id)
    stretch = ENTRY.id.between(first, last) & (ENTRY.at <= now)
    bounds = select(func.max(ENTRY.at), func.min(ENTRY.at)).where(stretch)
    latest, earliest = connection.execute(bounds).one()
    off = latest - earliest
    may_be_ahead = before is not None and start - before >= off
    may_be_behind = min(after or now, now) - end >= off
    return may_be_behind and not may_be_ahead
