"""What a proclaimed day and a proclaimed month start are made of, and what is refused."""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import select

from obcms.calendar.models import LONGEST_PROCLAMATION, ProclaimedDay, ProclaimedMonth
from obcms.calendar.reads import current_calendar
from obcms.calendar.rules.feasts import feast_key, is_hijri_feast
from obcms.calendar.rules.hijri import MONTHS, computed_start, odd_neighbors
from obcms.calendar.rules.kinds import DayKind
from obcms.kernel.errors import Problem
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Permission
from obcms.kernel.records.record import Record
from obcms.kernel.rules.fields import Day, Flag, OneOf, Text, Whole

FARTHEST_FEAST = timedelta(days=7)  # a proclaimed feast from the computed one
FARTHEST_MONTH = timedelta(days=2)
YEARS = (1411, 1500)  # of the Hijri calendar, July 1990 to November 2077

PROCLAMATION = Text(
    "proclamation",
    longest=LONGEST_PROCLAMATION,
    required="Write the number of the proclamation, such as Proclamation No. 5, s. 2025.",
    help="Its number and year, such as Proclamation No. 5, s. 2025.",
)
IN_FORCE = Flag("in_force", help="Take the tick away where it was withdrawn or entered by mistake.")
HIJRI_YEAR = Whole(
    "hijri_year", least=YEARS[0], most=YEARS[1], label="Hijri year", required="Which year?"
)
HIJRI_MONTH = Whole(
    "hijri_month",
    least=1,
    most=12,
    label="Hijri month",
    required="Which month begins?",
    help="1 is Muharram, 9 Ramadan, 10 Shawwal, 12 Dhu al-Hijjah.",
)
DAY_TAKEN = Problem("There is already a proclaimed day of this name on this date.", "name")


def _check_day(one: ProclaimedDay) -> Iterator[Problem]:
    key = feast_key(one.name)
    on_the_day = select(ProclaimedDay.name).where(
        ProclaimedDay.day == one.day, ProclaimedDay.id != (one.id or 0)
    )
    if any(feast_key(name) == key for name in db.session.scalars(on_the_day)):
        yield DAY_TAKEN
    computed = list(current_calendar().computed_near(one.day))
    days = [other.day for other in computed if feast_key(other.name) == key]
    if is_hijri_feast(one.name) and days:
        nearest = min(days, key=lambda day: abs(day - one.day))
        if abs(nearest - one.day) > FARTHEST_FEAST:
            yield Problem(
                f"{one.name} is computed for {nearest:%d %B %Y}; a proclaimed day lies at most "
                f"{FARTHEST_FEAST.days} days from it.",
                "day",
            )
    closed = [other.name for other in computed if other.day == one.day and other.kind.is_off]
    if one.kind is DayKind.SPECIAL_WORKING and closed and not days:
        yield Problem(
            f"The day is {closed[0]}, on which the offices are closed. To have them work, write "
            "that name; another working holiday beside it changes nothing.",
            "name",
        )


def _check_month(one: ProclaimedMonth) -> Iterator[Problem]:
    others = list(
        db.session.scalars(select(ProclaimedMonth).where(ProclaimedMonth.id != (one.id or 0)))
    )
    if any(other.month == one.month for other in others):
        yield Problem(f"The first day of {one.month} is already proclaimed.", "hijri_month")
    computed = computed_start(one.month)
    if abs(computed - one.first_day) > FARTHEST_MONTH:
        yield Problem(
            f"{one.month} is computed to begin on {computed:%d %B %Y}; a proclaimed first day lies "
            f"at most {FARTHEST_MONTH.days} days from it.",
            "first_day",
        )
        return
    starts = {other.month: other.first_day for other in others if other.in_force}
    if one.in_force is not False:
        for month, length in odd_neighbors(starts | {one.month: one.first_day}):
            yield Problem(
                f"With the other proclaimed months {month} would have {length} days; "
                "a Hijri month has 29 or 30.",
                "first_day",
            )


PROCLAIMED_DAYS = Record(
    model=ProclaimedDay,
    noun="proclaimed day",
    plural="proclaimed_days",
    title="Proclaimed days",
    fields=(
        Day("day", label="Date", required="Which day is proclaimed?"),
        Text(
            "name",
            required="A proclaimed day needs its name.",
            help="As the calendar has it, such as Eid'l Fitr: it then takes the place of the "
            "computed day of that name. Any other name stands beside the computed days.",
        ),
        OneOf("kind", choices=DayKind, required="Choose its kind."),
        PROCLAMATION,
        IN_FORCE,
    ),
    shown=("name", "day", "kind", "in_force", "proclamation"),
    search=("name", "proclamation"),
    order="day",
    check=_check_day,
    example={
        "day": "2025-12-15",
        "name": "Day of the Test",
        "kind": "special_non_working",
        "proclamation": "Proclamation No. 5, s. 2025",
    },
    view=Permission.PPA_VIEW,
    change=Permission.CALENDAR_EDIT,
)
PROCLAIMED_MONTHS = Record(
    model=ProclaimedMonth,
    noun="proclaimed month",
    plural="proclaimed_months",
    title="Proclaimed Hijri months",
    fields=(
        HIJRI_YEAR,
        HIJRI_MONTH,
        Day("first_day", label="First day", required="On which day does the month begin?"),
        PROCLAMATION,
        IN_FORCE,
    ),
    shown=("hijri_year", "hijri_month", "first_day", "in_force", "proclamation"),
    search=("proclamation",),
    order="first_day",
    check=_check_month,
    example={
        "hijri_year": 1446,
        "hijri_month": 10,
        "first_day": "2025-03-31",
        "proclamation": "Proclamation No. 2, s. 2025",
    },
    view=Permission.PPA_VIEW,
    change=Permission.CALENDAR_EDIT,
)


def month_options() -> list[tuple[str, str]]:
    """The Hijri months by number and name."""
    return [(str(number), name) for number, name in enumerate(MONTHS, 1)]
