"""`send_due_reminders`: due in 5 and 2 working days, and overdue, each once (SPEC 10)."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from obcms.calendar.days import in_both_calendars
from obcms.kernel.db.relations import loaded
from obcms.kernel.extensions import db
from obcms.kernel.formats import MANILA
from obcms.kernel.jobs.records import EveryRecordFailed
from obcms.kernel.jobs.schedule import SCHEDULE
from obcms.kernel.permissions import SYSTEM, Role
from obcms.notifications.models import Notification
from obcms.organizations.models import Organization
from obcms.people.models import User
from obcms.ppas.models import PPA
from obcms.ppas.rules.choices import PPAStatus
from obcms.work import reminders, work_items
from obcms.work.jobs import send_due_reminders
from obcms.work.models import WorkItem
from obcms.work.rules.choices import WorkStatus
from obcms.work.rules.reminders import DueThreshold, in_words, passed
from tests.notifications.told import a_user
from tests.support.factories import make_ppa, track
from tests.support.growth import at_two_sizes

pytestmark = pytest.mark.usefixtures("app")
DUE = date(2031, 2, 14)  # a Friday; no holiday stands in the ten days before it


def run(day: date) -> dict:
    """The job at its hour of this day."""
    with time_machine.travel(datetime(day.year, day.month, day.day, 7, 30, tzinfo=MANILA)):
        summary = send_due_reminders()
    db.session.commit()
    return summary


def told() -> list[tuple[str, str]]:
    """(user name, threshold) in the order in which they were told."""
    query = select(User.username, Notification.threshold).join(
        Notification, Notification.user_id == User.id
    )
    return [tuple(row) for row in db.session.execute(query.order_by(Notification.id))]


@pytest.fixture
def item() -> WorkItem:
    """Due on that day, with two assignees."""
    found = track(make_ppa())["Resources"]
    loaded(found, "assignees")
    found.start_date, found.end_date = date(2031, 1, 6), DUE
    found.assignees = [a_user("maria"), a_user("omar")]
    db.session.commit()
    return found


@pytest.mark.parametrize(
    ("left", "late", "is_past", "threshold"),
    [
        (6, 0, False, None),
        (5, 0, False, DueThreshold.SOON),
        (3, 0, False, DueThreshold.SOON),  # nobody looked two days ago
        (2, 0, False, DueThreshold.VERY_SOON),
        (0, 0, False, DueThreshold.VERY_SOON),
        (0, 0, True, None),  # a Saturday: nobody could have worked on it since
        (0, 1, True, DueThreshold.OVERDUE),
        (0, 30, True, DueThreshold.OVERDUE),
        (0, 31, True, None),
    ],
)
def test_the_latest_threshold_that_was_passed_is_told(left, late, is_past, threshold) -> None:
    assert passed(left, late, is_past) is threshold


def test_days_are_said_as_people_say_them() -> None:
    said = [in_words(5, 0), in_words(1, 0), in_words(0, 0), in_words(0, 3)]
    assert said == ["due in 5 working days", "due in 1 working day", "due today", "overdue"]


def test_each_assignee_is_told_once_for_each_threshold(item: WorkItem) -> None:
    for day in range(3, 25):
        run(date(2031, 2, day))
        run(date(2031, 2, day))
    assert told() == [
        (name, threshold)
        for threshold in ("due in 5 working days", "due in 2 working days", "overdue")
        for name in ("maria", "omar")
    ]


@pytest.mark.parametrize(
    ("day", "thresholds"),
    [
        (date(2031, 2, 6), []),
        (date(2031, 2, 7), ["due in 5 working days"]),  # over a weekend
        (date(2031, 2, 8), ["due in 5 working days"]),
        (date(2031, 2, 12), ["due in 2 working days"]),
        (date(2031, 2, 15), []),  # the Saturday after
        (date(2031, 2, 17), ["overdue"]),
    ],
)
def test_days_are_counted_as_working_days(item: WorkItem, day: date, thresholds) -> None:
    run(day)
    assert [threshold for _, threshold in told()] == [one for one in thresholds for _ in "ab"]


def test_a_threshold_passed_while_no_worker_ran_is_told_the_next_day_once(item: WorkItem) -> None:
    run(date(2031, 2, 10))  # the 7th was missed
    run(date(2031, 2, 11))
    run(date(2031, 2, 18))  # the 12th to the 17th were, too
    assert [threshold for name, threshold in told() if name == "maria"] == [
        "due in 5 working days",
        "overdue",
    ]


def test_another_due_date_is_another_matter(item: WorkItem) -> None:
    run(date(2031, 2, 12))
    item.end_date = DUE + timedelta(days=14)
    db.session.commit()
    run(date(2031, 2, 26))
    assert [name for name, _ in told()] == ["maria", "omar"] * 2


def test_it_says_what_to_do_by_when_in_both_calendars_and_leads_there(item: WorkItem) -> None:
    run(date(2031, 2, 12))
    row = db.session.scalars(select(Notification)).first()
    code = loaded(item, "ppa").code
    assert row.subject == f"Due in 2 working days: Resources ({code})"
    assert row.what.startswith(f"The work item “Resources” of {code} is due on ")
    assert in_both_calendars(DUE) in row.what
    assert "It stands at 0%, not started." in row.what
    assert row.to_do == reminders.TO_DO
    assert row.due == DUE
    assert row.link == f"/admin/ppa/{item.ppa_id}/work-items#row-{item.id}"


def disable(item: WorkItem) -> None:
    loaded(item, "assignees")[0].is_active = loaded(item, "assignees")[1].is_active = False


def move_away(item: WorkItem) -> None:
    """Those who work on it are of another ministry by now."""
    mafar = db.session.scalars(select(Organization).filter_by(acronym="MAFAR")).one()
    for user in loaded(item, "assignees"):
        user.role, user.organization = Role.MOA_STAFF, mafar


def untrack(item: WorkItem) -> None:
    loaded(item, "ppa").enable_workitem_tracking = False


def cancel_ppa(item: WorkItem) -> None:
    loaded(item, "ppa").auto_sync_status = False  # else the status follows the work
    loaded(item, "ppa").status = PPAStatus.CANCELLED


def complete(item: WorkItem) -> None:
    item.status = WorkStatus.COMPLETED


def cancel(item: WorkItem) -> None:
    work_items.cancel_item(SYSTEM, item)


def unassign(item: WorkItem) -> None:
    loaded(item, "assignees").clear()


@pytest.mark.parametrize(
    "change", [disable, move_away, untrack, cancel_ppa, complete, cancel, unassign]
)
def test_nobody_is_reminded_of_what_is_not_theirs_to_do(
    item: WorkItem, change: Callable[[WorkItem], None]
) -> None:
    change(item)
    db.session.commit()
    assert run(date(2031, 2, 12)) == {"processed": 0, "told": 0, "errors": []}
    assert told() == []


def test_an_item_with_others_below_it_is_anybody_s_too(item: WorkItem) -> None:
    parent = loaded(item, "parent")
    parent.end_date = DUE
    loaded(parent, "assignees").append(loaded(item, "assignees")[0])
    loaded(item, "assignees").clear()
    db.session.commit()
    run(date(2031, 2, 12))
    assert told() == [("maria", "due in 2 working days")]


def test_one_item_that_fails_is_told_by_its_code_and_the_others_are_done(
    item: WorkItem, monkeypatch
) -> None:
    other = track(make_ppa())["Resources"]
    other.start_date, other.end_date = None, DUE
    loaded(other, "assignees").append(a_user("ana"))
    db.session.commit()
    news = reminders._news

    def half_broken(one, *rest):
        if one.id == item.id:
            raise ValueError("no such date")
        return news(one, *rest)

    monkeypatch.setattr(reminders, "_news", half_broken)
    summary = run(date(2031, 2, 12))
    assert summary == {
        "processed": 2,
        "told": 1,
        "errors": [{"code": loaded(item, "ppa").code, "error": "ValueError: no such date"}],
    }
    assert told() == [("ana", "due in 2 working days")]
    monkeypatch.setattr(reminders, "_news", half_broken)
    other.status = WorkStatus.COMPLETED
    db.session.commit()
    with pytest.raises(EveryRecordFailed, match="no such date"):
        run(date(2031, 2, 12))


def test_many_items_take_as_many_queries_as_few(count_queries) -> None:
    def prepare(size: int) -> PPA:
        ppa = make_ppa()
        root = track(ppa, "minimal")["root"]
        users = [a_user(f"u{size}-{number}") for number in range(3)]
        for number in range(size):
            values = {"title": f"Task {number}", "work_type": "task", "position": number}
            task = WorkItem(parent=root, ppa_id=ppa.id, end_date=DUE, assignees=users, **values)
            db.session.add(task)
        return ppa

    def work(_ppa: PPA) -> None:
        assert run(date(2031, 2, 12))["told"] > 0

    few, many = at_two_sizes(count_queries, prepare, work)
    assert few == many <= 4


def test_it_runs_at_half_past_seven_in_manila() -> None:
    due = SCHEDULE["send_due_reminders"].next_after(datetime(2031, 2, 1, tzinfo=MANILA))
    assert due == datetime(2031, 2, 1, 7, 30, tzinfo=MANILA)
