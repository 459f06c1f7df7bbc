"""The past is selected and undone in the order of writing, whatever the clocks said (SPEC 9)."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from obcms.history.reads.comparison import compare
from obcms.history.reads.past import ppa_as_of
from obcms.kernel.extensions import db
from obcms.ppas.models import PPA
from tests.support.factories import make_ppa, spend, track

NOON = datetime(2031, 3, 3, 4, tzinfo=UTC)


def minute(number: float) -> datetime:
    return NOON + timedelta(minutes=number)


def write(number: int, clock: int | None = None, code: str = "MOH-2031-777") -> None:
    """Notes in the PPA in which minute this was really done, and dates it by the clock."""
    with time_machine.travel(minute(number if clock is None else clock), tick=False):
        db.session.query(PPA).filter_by(code=code).one().remarks = str(number)
        db.session.commit()


@pytest.fixture
def ppa_id(app: Flask) -> int:
    with time_machine.travel(minute(-60), tick=False):
        other, ppa = make_ppa(code="MOH-2031-778"), make_ppa(code="MOH-2031-777")
        db.session.commit()
    assert other.id != ppa.id
    write(0)
    return ppa.id


def seen(ppa_id: int, at: float, now: int = 90) -> str | None:
    """What the PPA as of a minute shows; None before it existed."""
    with time_machine.travel(minute(now), tick=False):
        ppa = ppa_as_of(ppa_id, minute(at)).ppa
    return ppa.remarks if ppa else None


# The minutes of edits, really and by the clock; and what moments show.
CLOCKS = {
    "one edit ahead": (
        [(5, 15), (6, 6), (12, 12)],
        {-1: "", 0.5: "0", 6.5: "6", 11: "6", 14: "12", 16: "12"},
    ),
    "several edits ahead": (
        [(5, 15), (6, 16), (7, 17), (8, 8), (9, 9), (12, 12)],
        {-1: "", 0.5: "0", 8.5: "8", 9.5: "9", 18: "12"},
    ),
    "one edit behind": (
        [(5, 5), (10, 10), (11, 2), (12, 12)],
        {-1: "", 0.5: "0", 3: "0", 5.5: "5", 9: "5", 12.5: "12"},
    ),
    "the last edit behind": (
        [(5, 5), (10, 10), (11, 2)],
        {-1: "", 0.5: "0", 3: "0", 5.5: "5", 9: "5", 12: "11"},
    ),
    "several edits behind": (
        [(5, 5), (7, 7), (8, -12), (9, -11), (10, -10), (12, 12)],
        {5.5: "5", 6.5: "5", 12.5: "12"},
    ),
    "an edit of the last century": (
        [(5, 5), (10, 10), (11, -30_000_000), (12, 12)],
        {-90: None, -1: "", 0.5: "0", 5.5: "5", 12.5: "12"},
    ),
    "an edit of the next century": (
        [(5, 5), (10, 30_000_000), (11, 11), (12, 12)],
        {-90: None, -1: "", 5.5: "5", 11.5: "11", 12.5: "12"},
    ),
}


@pytest.mark.parametrize("case", CLOCKS)
def test_a_wrong_clock_does_not_change_what_a_moment_shows(ppa_id: int, case: str) -> None:
    edits, moments = CLOCKS[case]
    for number, clock in edits:
        write(number, clock)
    assert {at: seen(ppa_id, at) for at in moments} == moments
    assert {seen(ppa_id, 89), seen(ppa_id, 90)} == {str(edits[-1][0])}


def test_an_edit_ahead_is_shown_before_its_time_has_come(ppa_id: int) -> None:
    write(5, clock=15)
    assert seen(ppa_id, 6, now=6) == "5"
    write(6, clock=16)
    write(7)
    assert seen(ppa_id, 7.5, now=8) == "7"
    with time_machine.travel(minute(8), tick=False):
        found = compare(ppa_id, minute(-1), minute(8))
    assert [(one.label, one.before, one.after) for one in found.fields] == [("Remarks", "—", "7")]


def test_what_others_wrote_after_it_tells_that_the_clock_was_ahead(ppa_id: int) -> None:
    write(5, clock=15)
    write(6, code="MOH-2031-778")
    write(20, code="MOH-2031-778")
    assert (seen(ppa_id, 7), seen(ppa_id, 14), seen(ppa_id, 4)) == ("5", "5", "0")


def test_rows_are_taken_back_in_the_order_of_writing(ppa_id: int) -> None:
    ppa = db.session.get_one(PPA, ppa_id)
    with time_machine.travel(minute(1), tick=False):
        items = track(ppa)
        db.session.commit()
    for number, clock in ((5, 15), (6, 6), (7, 17), (8, 8)):
        with time_machine.travel(minute(clock), tick=False):
            items["Core work"].title = f"Work {number}"
            spend(items["Core work"], "100.00")
            db.session.commit()
    with time_machine.travel(minute(60), tick=False):
        then, later = ppa_as_of(ppa_id, minute(6.5)), ppa_as_of(ppa_id, minute(9))
        found = compare(ppa_id, minute(2), minute(9))
    titles = [{item.id: item.title for item in past.items} for past in (then, later)]
    assert [named[items["Core work"].id] for named in titles] == ["Work 6", "Work 8"]
    assert (then.spent, later.spent) == (200, 400)
    [work] = [item for item in found.items if item.title == "Work 8"]
    fields = {one.label: (one.before, one.after) for one in work.differences}
    assert fields["Title"] == ("Core work", "Work 8")
    assert found.spent == 400
