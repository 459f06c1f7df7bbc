"""The region's calendar on plain values: what is computed, and what proclamations do to it."""

from datetime import date, timedelta
from itertools import pairwise
from random import Random

import pytest

from obcms.calendar.rules.counting import add_working_days, next_working_day, working_days_between
from obcms.calendar.rules.deadlines import QUARTERS, report_day, report_due
from obcms.calendar.rules.feasts import HIJRI_FEASTS
from obcms.calendar.rules.hijri import HijriCalendar, HijriMonth, computed_start, odd_neighbors
from obcms.calendar.rules.kinds import DayKind, Holiday
from obcms.calendar.rules.year import Calendar

REGULAR, NON_WORKING, WORKING = DayKind
EID, ADHA = "Eid'l Fitr", "Eid'l Adha"


def days_of(calendar: Calendar, year: int, name: str) -> list[date]:
    return [one.day for one in calendar.holidays_of(year) if one.name == name]


def proclaimed(day: date, name: str, kind: DayKind = REGULAR) -> Holiday:
    return Holiday(day, name, kind, "Proclamation No. 1")


# As SPEC's BUDGET.md has them: where Eid'l Fitr was here, by hijridate, and by holidays.
EIDS = [
    (date(2023, 4, 22), date(2023, 4, 21), date(2023, 4, 21), HijriMonth(1444, 10)),
    (date(2025, 3, 31), date(2025, 3, 30), date(2025, 4, 1), HijriMonth(1446, 10)),
]


@pytest.mark.parametrize(("here", "by_hijridate", "by_holidays", "month"), EIDS)
def test_a_proclaimed_eid_takes_the_place_of_the_computed_one(
    here: date, by_hijridate: date, by_holidays: date, month: HijriMonth
) -> None:
    assert days_of(Calendar(), here.year, EID) == [by_hijridate]
    for calendar in (Calendar([proclaimed(here, EID)]), Calendar(starts={month: here})):
        assert days_of(calendar, here.year, EID) == [here]
        assert calendar.is_day_off(here)
        assert not any(
            one.day in (by_hijridate, by_holidays) for one in calendar.holidays_of(here.year)
        )


@pytest.mark.parametrize("name", ["EID’L FITR", "Eid al-Fitr", "Eid-ul-Fitr", "eidul  fitr"])
def test_a_proclaimed_feast_is_known_however_its_name_is_spelled(name: str) -> None:
    calendar = Calendar([proclaimed(date(2025, 3, 31), name)])
    (eid,) = [one for one in calendar.holidays_of(2025) if one.day == date(2025, 3, 31)]
    assert eid.instead_of == (date(2025, 3, 30),)
    assert days_of(calendar, 2025, EID) == []


def test_an_eid_of_each_year_stands_once_and_never_twice_close_together() -> None:
    for year in range(1990, 2077):
        for name in (EID, ADHA):
            days = days_of(Calendar(), year, name)
            assert len(days) == 1 or (days[1] - days[0]).days > 350


def test_both_eids_of_a_year_with_two_are_proclaimed_each_for_itself() -> None:
    first, second = days_of(Calendar(), 2000, EID)
    moved = second + timedelta(days=1)
    assert days_of(Calendar([proclaimed(moved, EID)]), 2000, EID) == [first, moved]


def test_a_feast_proclaimed_over_the_turn_of_the_year_leaves_none_behind() -> None:
    (computed,) = [day for day in days_of(Calendar(), 2076, "Amun Jadid") if day.month == 12] or [
        date(2008, 12, 29)
    ]
    calendar = Calendar([proclaimed(date(computed.year + 1, 1, 2), "Amun Jadid", WORKING)])
    assert computed not in days_of(calendar, computed.year, "Amun Jadid")
    assert date(computed.year + 1, 1, 2) in days_of(calendar, computed.year + 1, "Amun Jadid")


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 1, 21), "Bangsamoro Foundation Day"),
        (date(2026, 3, 18), "Day of Shuhada"),
        (date(2025, 6, 5), "Day of Arafah"),
        (date(2025, 6, 6), ADHA),
        (date(2026, 5, 28), "First day of Tashriq"),
        (date(2026, 6, 12), "Independence Day"),
        (date(2026, 12, 24), "Christmas Eve"),
    ],
)
def test_the_days_on_which_the_offices_are_closed(day: date, name: str) -> None:
    calendar = Calendar()
    assert name in [one.name for one in calendar.holidays_of(day.year) if one.day == day]
    assert day.weekday() < 5
    assert calendar.is_day_off(day)


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2028, 2, 1), "Bangsamoro Day of Solidarity"),
        (date(2026, 3, 6), "Battle of Bud Daho Day"),
        (date(2025, 6, 26), "Amun Jadid"),
        (date(2025, 9, 4), "Maulid-un-Nabi"),
        (date(2025, 1, 27), "Isra wal Mi'raj"),
        (date(2025, 12, 19), "Shariff Kabunsuan Day"),
        (date(2025, 2, 25), "EDSA People Power Revolution Anniversary"),
    ],
)
def test_a_special_working_holiday_delays_nothing(day: date, name: str) -> None:
    calendar = Calendar()
    (found,) = [one for one in calendar.holidays_of(day.year) if one.day == day]
    assert (found.name, found.kind) == (name, WORKING)
    assert not calendar.is_day_off(day)
    assert next_working_day(day, calendar.is_day_off) == day
    before = day - timedelta(days=1)
    assert working_days_between(before, day, calendar.is_day_off) == 1


def test_a_proclaimed_month_start_moves_every_feast_and_date_of_the_month() -> None:
    month = HijriMonth(1444, 12)
    start = computed_start(month)
    plain, moved = Calendar(), Calendar(starts={month: start + timedelta(days=1)})
    for feast in HIJRI_FEASTS:
        by = timedelta(days=1 if feast.month == 12 else 0)
        expected = [day + by for day in days_of(plain, 2023, feast.name)]
        assert days_of(moved, 2023, feast.name) == expected
    assert str(plain.hijri.of(start)) == "1 Dhu al-Hijjah 1444 AH"
    assert str(moved.hijri.of(start)) == "30 Dhu al-Qa'dah 1444 AH"


def test_a_neighbor_moves_along_where_it_would_have_28_or_31_days() -> None:
    month, following = HijriMonth(1446, 12), HijriMonth(1447, 1)
    late = computed_start(month) + timedelta(days=1)  # the month has 29 days as computed
    assert HijriCalendar({month: late}).first_day(following) == date(2025, 6, 27)
    both = HijriCalendar({month: late, following: date(2025, 6, 28)})
    assert both.first_day(following) == date(2025, 6, 28)
    early = HijriCalendar({following: date(2025, 6, 24)})
    assert early.first_day(month) == date(2025, 5, 26)


def test_a_proclaimed_day_turns_a_computed_day_off_into_a_working_one_and_back() -> None:
    eve = date(2026, 12, 24)
    calendar = Calendar([proclaimed(eve, "Christmas Eve", WORKING)])
    assert not calendar.is_day_off(eve)
    amun_jadid = date(2025, 6, 26)
    assert Calendar([proclaimed(amun_jadid, "Amun Jadid", NON_WORKING)]).is_day_off(amun_jadid)


def test_a_working_holiday_opens_no_office_on_another_holidays_day() -> None:
    day = date(2026, 6, 12)
    assert Calendar([proclaimed(day, "Amun Jadid", WORKING)]).is_day_off(day)


def test_a_day_with_a_name_of_its_own_stands_beside_the_computed_ones() -> None:
    calendar = Calendar(
        [proclaimed(date(2025, 12, 15), "Additional special (non-working) day", NON_WORKING)]
    )
    assert len(calendar.holidays_of(2025)) == len(Calendar().holidays_of(2025)) + 1


def test_working_days_across_the_end_of_a_year() -> None:
    off = Calendar().is_day_off
    # 2026 ends on a Thursday: 24, 25, 30, 31 December and 1 January are days off.
    assert working_days_between(date(2026, 12, 23), date(2027, 1, 4), off) == 3
    assert add_working_days(date(2026, 12, 23), 3, off) == date(2027, 1, 4)
    assert add_working_days(date(2027, 1, 4), -3, off) == date(2026, 12, 23)
    assert next_working_day(date(2026, 12, 30), off) == date(2027, 1, 4)
    assert working_days_between(date(2027, 1, 4), date(2026, 12, 23), off) == 0
    assert working_days_between(date(2027, 1, 4), date(2027, 1, 4), off) == 0
    assert add_working_days(date(2027, 1, 4), 0, off) == date(2027, 1, 4)


def some_calendar(random: Random) -> Calendar:
    """One with proclamations about the deadlines, where they could do harm, and elsewhere."""
    near = [report_day(year, quarter) for year in range(2018, 2036) for quarter in QUARTERS]
    days = {
        (random.choice(near) + timedelta(days=random.randint(-6, 9)), random.choice([EID, "A day"]))
        for _ in range(200)
    }
    months = [HijriMonth(year, random.randint(1, 12)) for year in range(1440, 1458)]
    starts = {
        month: computed_start(month) + timedelta(days=random.randint(-2, 2)) for month in months
    }
    return Calendar([proclaimed(*one, random.choice(list(DayKind))) for one in days], starts)


@pytest.mark.parametrize("seed", range(8))
def test_no_deadline_falls_on_a_day_off_whatever_is_proclaimed(seed: int) -> None:
    calendar = some_calendar(Random(seed))
    moved = 0
    for year in range(2019, 2036):
        for quarter in QUARTERS:
            day, due = report_day(year, quarter), report_due(year, quarter, calendar.is_day_off)
            assert not calendar.is_day_off(due)
            assert due >= day
            assert all(calendar.is_day_off(day + timedelta(n)) for n in range((due - day).days))
            moved += due != day
    assert moved


@pytest.mark.parametrize("seed", range(8))
def test_counting_and_adding_working_days_agree(seed: int) -> None:
    random = Random(seed)
    off = some_calendar(random).is_day_off
    for _ in range(40):
        start = date(2019, 1, 1) + timedelta(days=random.randrange(6000))
        count = random.randint(1, 60)
        end = add_working_days(start, count, off)
        assert working_days_between(start, end, off) == count
        assert not off(end)
        if not off(start):
            assert add_working_days(end, -count, off) == start


@pytest.mark.parametrize("seed", range(8))
def test_months_have_29_or_30_days_whatever_single_starts_are_proclaimed(seed: int) -> None:
    random = Random(seed)
    for year in range(1440, 1450):
        month = HijriMonth(year, random.randint(1, 12))
        by = timedelta(days=random.choice([-2, -1, 1, 2]))
        hijri = HijriCalendar({month: computed_start(month) + by})
        starts = [day for near in range(2017, 2030) for _, day in hijri.months_of(near)]
        lengths = {(b - a).days for a, b in pairwise(starts)}
        assert lengths == {29, 30}
        day = hijri.first_day(month)
        assert hijri.of(day) == (*month, 1)
        for n in range(400):
            found = hijri.of(day + timedelta(days=n))
            assert found is not None
            first = hijri.first_day(HijriMonth(found.year, found.month))
            assert first + timedelta(days=found.day - 1) == day + timedelta(days=n)


def test_two_proclaimed_months_that_leave_an_odd_length_are_named() -> None:
    ramadan, shawwal = HijriMonth(1446, 9), HijriMonth(1446, 10)
    start = date(2025, 3, 2)
    assert list(odd_neighbors({ramadan: start, shawwal: start + timedelta(days=29)})) == []
    assert list(odd_neighbors({ramadan: start, shawwal: start + timedelta(days=31)})) == [
        (ramadan, 31)
    ]


def test_a_day_outside_of_the_known_hijri_calendar_has_no_hijri_date() -> None:
    hijri = Calendar().hijri
    assert hijri.of(date(1900, 1, 1)) is None
    assert hijri.of(date(2090, 1, 1)) is None
    assert Calendar().holidays_of(2090)
