"""What calendars add to every flush.

A change of what is proclaimed changes the calendar for the rest of its transaction.
"""

from itertools import chain

from sqlalchemy.orm import Session, UOWTransaction

from obcms.calendar.models import ProclaimedDay, ProclaimedMonth
from obcms.calendar.reads import forget_calendar
from obcms.calendar.record import DAY_TAKEN, HIJRI_MONTH, HIJRI_YEAR
from obcms.kernel.db.constraints import PROBLEMS
from obcms.kernel.errors import Problem
from obcms.kernel.flush import Stage, add_step


def _read_anew(session: Session, _context: UOWTransaction) -> None:
    changed = chain(session.new, session.dirty, session.deleted)
    if any(isinstance(record, ProclaimedDay | ProclaimedMonth) for record in changed):
        forget_calendar(session)


add_step(Stage.NOTE, _read_anew)
PROBLEMS |= {
    "uq_proclaimed_day_day_name": DAY_TAKEN,
    "ck_proclaimed_month_year_range": Problem(HIJRI_YEAR.message, HIJRI_YEAR.name),
    "ck_proclaimed_month_month_range": Problem(HIJRI_MONTH.message, HIJRI_MONTH.name),
}
