"""`send_approval_deadline_reminders`: more than 7 and 14 working days in a stage (SPEC 10)."""

from datetime import date, datetime

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from obcms.approval import reminders
from obcms.approval.jobs import send_approval_deadline_reminders
from obcms.approval.rules.steps import Action
from obcms.approval.rules.waiting import Urgency, urgency_of
from obcms.approval.steps import take_step
from obcms.calendar.days import in_both_calendars
from obcms.kernel.extensions import db
from obcms.kernel.formats import MANILA
from obcms.kernel.jobs.schedule import SCHEDULE
from obcms.notifications.models import Notification
from obcms.people.models import User
from obcms.ppas.models import PPA
from obcms.ppas.rules.choices import ApprovalStatus, PPAStatus
from tests.support.factories import make_ppa
from tests.support.growth import at_two_sizes

A = Action
SUBMITTED = date(2031, 5, 7)  # a Wednesday; no holiday stands in the month after it
HIGH, CRITICAL = date(2031, 5, 19), date(2031, 5, 28)  # after 8 and 15 working days
ADDRESS = "ana@mfbm.example"


def at(day: date, hour: int = 8) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=MANILA)


def run(day: date) -> dict:
    """The job at its hour of this day."""
    with time_machine.travel(at(day)):
        summary = send_approval_deadline_reminders()
    db.session.commit()
    return summary


def step(people, ppa: PPA, name: str, action: Action, day: date, comment: str = "") -> None:
    with time_machine.travel(at(day, 22), tick=False):
        take_step(db.session.get_one(User, getattr(people, name)), ppa, action, comment)
        db.session.commit()


@pytest.fixture
def ppa(app: Flask, people) -> PPA:
    """Submitted, so that the planners have it."""
    app.config["OBCMS"].mfbm_analyst_emails = [ADDRESS]
    made = make_ppa()
    db.session.commit()
    step(people, made, "moa_staff", A.SUBMIT, SUBMITTED)
    return made


def told() -> list[tuple[str, str]]:
    """(user name or address, threshold) in the order in which they were told."""
    query = (
        select(User.username, Notification.address, Notification.threshold)
        .outerjoin(User, User.id == Notification.user_id)
        .order_by(Notification.id)
    )
    return [(name or address, level) for name, address, level in db.session.execute(query)]


def test_more_than_seven_and_more_than_fourteen() -> None:
    days = (0, 7, 8, 14, 15, 100)
    assert [urgency_of(waited, 7, 14) for waited in days] == [
        None,
        None,
        Urgency.HIGH,
        Urgency.HIGH,
        Urgency.CRITICAL,
        Urgency.CRITICAL,
    ]


def test_the_stage_s_office_and_the_analysts_are_told_once_for_each(ppa: PPA) -> None:
    for day in range(8, 28):
        run(date(2031, 5, day))
    assert told() == [("bpda_planner", "high"), (ADDRESS, "high")]
    for day in range(28, 32):
        run(date(2031, 5, day))
        run(date(2031, 5, day))
    assert told()[2:] == [("bpda_planner", "critical"), (ADDRESS, "critical")]


@pytest.mark.parametrize(
    ("day", "levels"),
    [
        (date(2031, 5, 16), set()),  # seven working days are not more than seven
        (HIGH, {"high"}),
        (date(2031, 5, 27), {"high"}),
        (CRITICAL, {"critical"}),  # the first look in weeks
    ],
)
def test_working_days_are_counted_from_the_day_of_the_step(ppa: PPA, day, levels) -> None:
    run(day)
    assert {level for _, level in told()} == levels


def test_editing_the_ppa_does_not_move_the_clock(ppa: PPA) -> None:
    with time_machine.travel(at(date(2031, 5, 16))):
        ppa.summary = "Said otherwise"
        db.session.commit()
    run(HIGH)
    assert len(told()) == 2


def test_who_enters_the_stage_again_starts_anew(ppa: PPA, people) -> None:
    run(HIGH)
    step(people, ppa, "bpda_planner", A.RETURN, HIGH, "Incomplete")
    run(date(2031, 6, 10))  # a draft waits for nobody
    assert len(told()) == 2
    again = date(2031, 6, 16)
    step(people, ppa, "moa_head", A.SUBMIT, again)
    run(date(2031, 6, 25))
    assert len(told()) == 2
    run(date(2031, 6, 26))
    assert [level for _, level in told()] == ["high"] * 4


def test_the_next_stage_has_a_clock_and_an_office_of_its_own(ppa: PPA, people) -> None:
    step(people, ppa, "bpda_planner", A.ENDORSE, date(2031, 5, 16))
    run(HIGH)
    assert told() == []
    run(CRITICAL)
    assert told() == [("mfbm_analyst", "high"), (ADDRESS, "high")]


def test_an_analyst_whose_address_is_listed_is_told_once(app: Flask, ppa: PPA, people) -> None:
    app.config["OBCMS"].mfbm_analyst_emails = ["bpda_planner@example.invalid"]
    run(HIGH)
    assert told() == [("bpda_planner", "high")]


def test_a_disabled_officer_is_not_told(ppa: PPA, people) -> None:
    db.session.get_one(User, people.bpda_planner).is_active = False
    db.session.commit()
    run(HIGH)
    assert told() == [(ADDRESS, "high")]


def test_a_cancelled_ppa_waits_for_nobody(ppa: PPA) -> None:
    ppa.status = PPAStatus.CANCELLED
    db.session.commit()
    assert run(HIGH) == {"processed": 0, "told": 0, "errors": []}


def test_it_says_what_to_do_by_when_in_both_calendars_and_leads_there(ppa: PPA) -> None:
    run(HIGH)
    row = db.session.scalars(select(Notification)).first()
    assert row.subject == f"High: {ppa.code} has waited 8 working days in technical review"
    assert f"came to technical review on {in_both_calendars(SUBMITTED)}" in row.what
    assert "BPDA planner" in row.what
    assert row.to_do == "Decide on its Approval tab: endorse, return or reject it."
    assert row.due == date(2031, 5, 27)  # the last day before it is critical
    assert row.link == f"/admin/ppa/{ppa.id}/approval"
    run(CRITICAL)
    last = db.session.scalars(select(Notification).order_by(Notification.id.desc())).first()
    assert last.subject.startswith(f"Critical: {ppa.code} has waited 15 working days")
    assert last.due == CRITICAL


def test_one_ppa_that_fails_is_told_by_its_code_and_the_others_are_done(
    ppa: PPA, people, monkeypatch
) -> None:
    other = make_ppa()
    db.session.commit()
    step(people, other, "moa_staff", A.SUBMIT, SUBMITTED)
    news = reminders._news

    def half_broken(one, *rest):
        if one.ppa_id == ppa.id:
            raise ValueError("no such date")
        return news(one, *rest)

    monkeypatch.setattr(reminders, "_news", half_broken)
    assert run(HIGH) == {
        "processed": 2,
        "told": 2,
        "errors": [{"code": ppa.code, "error": "ValueError: no such date"}],
    }


def test_one_that_the_database_refuses_does_not_stop_the_others(
    ppa: PPA, people, monkeypatch
) -> None:
    other = make_ppa()
    db.session.commit()
    step(people, other, "moa_staff", A.SUBMIT, SUBMITTED)
    recipients = reminders.officers
    nobody = User(id=2**30, username="nobody", email="")
    nobody.is_active = True
    first: list[list[User]] = []

    def half_unknown(stages):
        found = recipients(stages)
        first.append(found[ApprovalStatus.TECHNICAL_REVIEW])
        return found | {ApprovalStatus.TECHNICAL_REVIEW: Once(first[0], nobody)}

    monkeypatch.setattr(reminders, "officers", half_unknown)
    summary = run(HIGH)
    assert [error["code"] for error in summary["errors"]] == [ppa.code]
    assert summary["told"] == 2


class Once(list):
    """Another recipient in the first list that is made of it."""

    def __init__(self, users, stranger) -> None:
        super().__init__(users)
        self.stranger = [stranger]

    def __iter__(self):
        if self.stranger:
            yield self.stranger.pop()
        yield from list.__iter__(self)


def test_many_ppas_take_as_many_queries_as_few(app: Flask, people, count_queries) -> None:
    def prepare(size: int) -> None:
        with time_machine.travel(at(SUBMITTED)):
            for _ in range(size):
                make_ppa(approval_status=ApprovalStatus.TECHNICAL_REVIEW)

    def work(_nothing: None) -> None:
        assert run(HIGH)["told"] > 0

    few, many = at_two_sizes(count_queries, prepare, work)
    assert few == many <= 6


def test_it_runs_at_eight_in_manila(app: Flask) -> None:
    due = SCHEDULE["send_approval_deadline_reminders"].next_after(at(SUBMITTED, 1))
    assert due == at(SUBMITTED, 8)
