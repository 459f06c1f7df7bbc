"""Which entry was the last one at a moment: what happened is ordered by its writing (SPEC 9).

A clock may have run ahead or behind while entries were written, so that some dated after a moment
stand before others dated before it. Which of them are dated wrongly is told by the gaps in time: a
clock that runs ahead leaps forward first and is set back then, one behind the other way round.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, String, cast, func, select

from obcms.kernel.audit.models import ENTRIES
from obcms.kernel.db.types import utc_now

ID, AT = ENTRIES.c.id, ENTRIES.c.at


def act_of_entry() -> ColumnElement[str]:
    """What the entries of one act have in common: the request or job, else the moment."""
    return func.coalesce(ENTRIES.c.request_id, cast(AT, String))


def position_at(connection: Connection, moment: datetime) -> int:
    """The id of the last entry that was written by the moment; 0 before the first."""
    now = utc_now()
    if moment >= now:
        return connection.scalar(select(func.max(ID))) or 0
    last_before = connection.scalar(select(func.max(ID)).where(moment >= AT)) or 0
    # What is dated after the present tells nothing about when it was written.
    dated_after = (moment < AT) & (now >= AT)
    first_after = connection.scalar(select(func.min(ID)).where(dated_after))
    if first_after is None or first_after > last_before:
        return last_before
    ran_behind = _ran_behind(connection, first_after, last_before, now)
    return first_after - 1 if ran_behind else last_before


def _ran_behind(connection: Connection, first: int, last: int, now: datetime) -> bool:
    """Whether the clock was behind at the end of this stretch, rather than ahead at its start.

    Where both may be, it was ahead.
    """
    stretch = ID.between(first, last) & (now >= AT)
    latest, earliest = connection.execute(select(func.max(AT), func.min(AT)).where(stretch)).one()
    dated = {id_: at for id_, at in connection.execute(select(ID, AT).where(ID.in_((first, last))))}
    before = connection.scalar(select(AT).where(first > ID).order_by(ID.desc()).limit(1))
    after = connection.scalar(select(AT).where(last < ID).order_by(ID).limit(1)) or now
    may_be_ahead = before is not None and dated[first] - before >= latest - earliest
    may_be_behind = min(after, now) - dated[last] >= latest - earliest
    return may_be_behind and not may_be_ahead
