"""The calendar as it stands, read once in each transaction."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from obcms.calendar.models import ProclaimedDay, ProclaimedMonth
from obcms.calendar.rules.kinds import Holiday
from obcms.calendar.rules.year import Calendar
from obcms.kernel.extensions import db
from obcms.kernel.flush import Notes

_KEPT: Notes[list[Calendar]] = Notes(list)


def current_calendar() -> Calendar:
    """What is in force, over what is computed: two statements in each transaction."""
    kept = _KEPT.of(db.session())
    if not kept:
        with db.session.no_autoflush:
            kept.append(_read())
    return kept[0]


def forget_calendar(session: Session) -> None:
    """Has it read anew when it is next asked for."""
    _KEPT.take(session)


def _read() -> Calendar:
    days = db.session.execute(
        select(
            ProclaimedDay.day, ProclaimedDay.name, ProclaimedDay.kind, ProclaimedDay.proclamation
        )
        .where(ProclaimedDay.in_force)
        .order_by(ProclaimedDay.day, ProclaimedDay.id)
    )
    months = db.session.scalars(select(ProclaimedMonth).where(ProclaimedMonth.in_force))
    starts = {month.month: month.first_day for month in months}
    return Calendar([Holiday(*row) for row in days.tuples()], starts)
