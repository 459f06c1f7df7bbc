"""What others ask of the calendar, with the proclamations in the database."""

from datetime import date, timedelta

import pytest
from sqlalchemy import text

from obcms.calendar import days
from obcms.calendar.models import ProclaimedDay, ProclaimedMonth
from obcms.calendar.reads import current_calendar
from obcms.calendar.rules.kinds import DayKind
from obcms.kernel.extensions import db
from tests.support.growth import at_two_sizes

pytestmark = pytest.mark.usefixtures("app")
EID = date(2025, 3, 31)


def proclaim(day: date, name: str, kind: DayKind = DayKind.REGULAR) -> ProclaimedDay:
    proclaimed = ProclaimedDay(day=day, name=name, kind=kind, proclamation="Proclamation No. 1")
    db.session.add(proclaimed)
    db.session.flush()
    return proclaimed


def proclaim_shawwal_1446() -> ProclaimedMonth:
    month = ProclaimedMonth(
        hijri_year=1446, hijri_month=10, first_day=EID, proclamation="Proclamation No. 2"
    )
    db.session.add(month)
    db.session.flush()
    return month


def is_day_off(day: date) -> bool:
    return current_calendar().is_day_off(day)


def test_the_hijri_date_comes_first_and_the_gregorian_one_after_it() -> None:
    assert days.in_both_calendars(EID) == "2 Shawwal 1446 AH (31 March 2025)"
    proclaim_shawwal_1446()
    assert days.in_both_calendars(EID) == "1 Shawwal 1446 AH (31 March 2025)"
    assert days.in_both_calendars(date(2090, 1, 2)) == "2 January 2090"


def test_what_is_proclaimed_counts_at_once_and_what_is_withdrawn_no_more() -> None:
    assert not is_day_off(EID)
    eid = proclaim(EID, "Eid'l Fitr")
    assert is_day_off(EID)
    eid.in_force = False
    db.session.flush()
    assert not is_day_off(EID)
    month = proclaim_shawwal_1446()
    assert is_day_off(EID)
    month.in_force = False
    db.session.flush()
    assert not is_day_off(EID)


def test_what_is_rolled_back_was_never_proclaimed() -> None:
    proclaim(EID, "Eid'l Fitr")
    assert is_day_off(EID)
    db.session.rollback()
    assert not is_day_off(EID)


def test_what_is_rolled_back_to_a_savepoint_was_never_proclaimed() -> None:
    savepoint = db.session.begin_nested()
    proclaim(EID, "Eid'l Fitr")
    assert is_day_off(EID)
    savepoint.rollback()
    assert not is_day_off(EID)


def test_what_another_session_proclaimed_counts_in_the_next_transaction() -> None:
    assert not is_day_off(EID)
    db.session.commit()
    with db.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO proclaimed_day (day, name, kind, proclamation)"
                " VALUES ('2025-03-31', 'Eid''l Fitr', 'regular', 'Proclamation No. 1')"
            )
        )
    assert is_day_off(EID)


def test_working_days_skip_weekends_and_proclaimed_days() -> None:
    friday, monday = date(2025, 3, 28), EID
    assert days.working_days_between(friday, monday) == 1
    assert days.next_working_day(friday + timedelta(days=1)) == monday
    proclaim(monday, "Eid'l Fitr")
    assert days.working_days_between(friday, monday) == 0
    assert days.next_working_day(friday + timedelta(days=1)) == date(2025, 4, 1)
    assert days.add_working_days(friday, 1) == date(2025, 4, 1)
    assert days.add_working_days(date(2025, 4, 1), -1) == friday


def test_a_quarters_reports_are_due_on_the_next_working_day() -> None:
    assert days.report_due(2025, 1) == date(2025, 4, 30)
    assert days.report_due(2026, 4) == date(2027, 2, 1)  # 30 January 2027 is a Saturday
    proclaim(date(2025, 4, 30), "Day of the Test", DayKind.SPECIAL_NON_WORKING)
    assert days.report_due(2025, 1) == date(2025, 5, 2)  # 1 May is Labor Day


def test_proclamations_are_read_once_however_many_days_are_asked_about(count_queries) -> None:
    def proclaim_many(many: int) -> int:
        for n in range(many):
            proclaim(EID + timedelta(days=n), f"Day of {many} Tests")
        return many

    def ask(many: int) -> None:
        for n in range(many):
            is_day_off(EID + timedelta(days=30 * n))
            days.in_both_calendars(EID + timedelta(days=30 * n))
        days.working_days_between(EID, EID + timedelta(days=30 * many))

    assert at_two_sizes(count_queries, proclaim_many, ask) == (2, 2)
