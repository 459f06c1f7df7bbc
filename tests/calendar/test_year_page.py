"""The year as it stands, and Hijri dates on the page of a PPA."""

import re
from datetime import UTC, date, datetime

import pytest
import time_machine

from obcms.calendar.models import ProclaimedDay, ProclaimedMonth
from obcms.calendar.rules.kinds import DayKind
from obcms.kernel.extensions import db
from tests.support.factories import make_ppa

YEAR = "/admin/calendar/?year="


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)).replace("&#39;", "'")


def test_the_year_tells_what_is_computed_and_what_is_proclaimed(people, sign_in_as) -> None:
    db.session.add_all(
        [
            ProclaimedMonth(
                hijri_year=1446,
                hijri_month=10,
                first_day=date(2025, 3, 31),
                proclamation="Proclamation No. 2",
            ),
            ProclaimedDay(
                day=date(2025, 12, 23),
                name="Christmas Eve",
                kind=DayKind.REGULAR,
                proclamation="Proclamation No. 3",
            ),
        ]
    )
    db.session.commit()
    page = text_of(sign_in_as(people.viewer).get(f"{YEAR}2025").text)
    assert (
        "31 Mon Eid'l Fitr Day off Regular holiday (no work) · counted from Proclamation No. 2"
        in page
    )
    assert "31 Mon Shawwal 1446 AH begins Proclamation No. 2" in page
    assert (
        "23 Tue Christmas Eve Day off Regular holiday (no work) · Proclamation No. 3"
        " · instead of 24 Dec 2025" in page
    )
    assert "26 Thu Amun Jadid Working Special working holiday" in page
    assert "30 Thu Reports on the fourth quarter of 2024 are due Deadline" in page
    assert page.count("are due Deadline") == 4
    later = text_of(sign_in_as(people.viewer).get(f"{YEAR}2027").text)
    assert "1 Mon Reports on the fourth quarter of 2026 are due" in later
    assert "moved from 30 Jan 2027, a day off" in later


@pytest.mark.parametrize("asked", ["", "1", "abcd", "9999", "１９９９", "-200"])
@time_machine.travel(datetime(2026, 3, 31, 17, 0, tzinfo=UTC), tick=False)
def test_this_year_is_shown_where_none_is_asked_for(people, sign_in_as, asked: str) -> None:
    page = sign_in_as(people.viewer).get(f"{YEAR}{asked}").text
    assert "Calendar of 2026" in page
    assert "(1 April 2026)" in page  # it is the next day in Manila


def test_only_who_may_enter_proclamations_has_them_in_the_menu(people, sign_in_as) -> None:
    assert "/admin/proclaimed-day/" in sign_in_as(people.viewer).get(f"{YEAR}2025").text
    seen = [
        sign_in_as(user).get("/admin/").text.count("/admin/proclaimed-day/")
        for user in (people.viewer, people.administrator)
    ]
    assert seen == [0, 1]


def test_the_year_takes_three_statements_more_than_a_page_without_it(
    people, sign_in_as, count_queries
) -> None:
    client = sign_in_as(people.viewer)
    with count_queries() as plain:
        client.get("/admin/help/")
    with count_queries() as sent:
        client.get(f"{YEAR}2025")
    assert len(sent) == len(plain) + 3


def test_a_ppas_own_dates_have_the_hijri_date_first(people, sign_in_as) -> None:
    ppa = make_ppa(start_date=date(2025, 1, 15), target_end_date=date(2025, 12, 15))
    db.session.commit()
    page = text_of(sign_in_as(people.administrator).get(f"/admin/ppa/{ppa.id}/").text)
    assert "15 Rajab 1446 AH (15 January 2025)" in page
    assert "24 Jumada al-Akhirah 1447 AH (15 December 2025)" in page
