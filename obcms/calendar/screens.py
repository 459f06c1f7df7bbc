"""The year as it stands, which everybody reads; what is proclaimed, which administrators enter."""

from datetime import date, datetime
from typing import ClassVar

from flask import Flask, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_login import current_user
from markupsafe import Markup

from obcms.calendar.days import in_both_calendars
from obcms.calendar.record import HIJRI_MONTH, PROCLAIMED_DAYS, PROCLAIMED_MONTHS, month_options
from obcms.calendar.rules.computed import FIRST_YEAR, LAST_YEAR
from obcms.calendar.rules.hijri import MONTHS
from obcms.calendar.standing import months_of
from obcms.kernel.db.types import utc_now
from obcms.kernel.formats import MANILA
from obcms.kernel.permissions import Permission, allows
from obcms.kernel.records.form import ChoiceField
from obcms.kernel.records.view import RecordView
from obcms.kernel.screens import ADMINISTRATION, add_view
from obcms.kernel.screens.base import ClosedView


class CalendarView(ClosedView):
    """For everybody who is signed in."""

    view_permission = Permission.PPA_VIEW

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """A year, this one unless another is asked for."""
        asked = request.args.get("year", "")
        today = utc_now().astimezone(MANILA).date()
        year = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) == 4 else 0
        if not FIRST_YEAR <= year <= LAST_YEAR:
            year = today.year
        return self.render(
            "calendar/year.html",
            year=year,
            today=today,
            months=months_of(year),
            earlier=year - 1 if year > FIRST_YEAR else None,
            later=year + 1 if year < LAST_YEAR else None,
            may_change=allows(current_user, Permission.CALENDAR_EDIT),
        )


class ProclaimedView(RecordView):
    """In the menu of those who may change it; the others come from the calendar."""

    guides = (("calendar", "About the calendar"), ("searching", "About searching"))

    def is_visible(self) -> bool:
        """Whether the menu has it."""
        return allows(current_user, self.record.change)


class ProclaimedMonthView(ProclaimedView):
    """Months are chosen and shown by their names."""

    own_fields: ClassVar = {
        "hijri_month": ChoiceField("Hijri month", spec=HIJRI_MONTH, options=month_options)
    }
    column_formatters: ClassVar = {
        "hijri_month": lambda _view, _context, one, _name: MONTHS[one.hijri_month - 1]
    }


def _both(day: date | None) -> str:
    if day is None:
        return "—"
    first, space, second = in_both_calendars(day).partition(" (")
    unbroken = Markup('<span class="text-nowrap">{}</span>')
    return unbroken.format(first) + (" " + unbroken.format(f"({second}") if space else "")


def _moment(moment: datetime | None) -> str:
    if moment is None:
        return "—"
    local = moment.astimezone(MANILA)
    return _both(local.date()) + f", {local:%H:%M}"


def init_app(app: Flask) -> None:
    """Adds the screens, and the filters of both calendars, for days and for moments."""
    app.jinja_env.filters.update(in_both_calendars=_both, moment_in_both_calendars=_moment)
    where = {"endpoint": "calendar", "url": "/admin/calendar"}
    add_view(app, CalendarView(name="Calendar", **where), 60)
    add_view(app, ProclaimedView(PROCLAIMED_DAYS, category=ADMINISTRATION), 95)
    add_view(app, ProclaimedMonthView(PROCLAIMED_MONTHS, category=ADMINISTRATION), 95)
