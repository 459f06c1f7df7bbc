"""Both reminder jobs, two runs at once: each mail arrives once for each threshold (SPEC 10)."""

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from itertools import count
from threading import Barrier, Thread

import pytest
import time_machine
from flask import Flask

from obcms.approval.rules.steps import Action
from obcms.approval.steps import take_step
from obcms.kernel.db.relations import loaded
from obcms.kernel.extensions import db
from obcms.kernel.formats import MANILA
from obcms.kernel.jobs.runner import run_slot
from obcms.people.models import User
from tests.notifications.told import a_user
from tests.support.factories import make_ppa, track

_runs = count(1)


def twice(app: Flask, job: str) -> list[dict]:
    """Two runs of the job in transactions of their own, begun together."""
    both, summaries = Barrier(2), []

    def work(slot: str) -> None:
        with app.app_context():
            both.wait(10)
            summaries.append(dict(run_slot(job, slot)))
            db.session.remove()

    threads = [Thread(target=work, args=(f"manual-{next(_runs)}",)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return summaries


def a_due_item() -> None:
    """Due on Friday, 14 February 2031, by two people."""
    item = track(make_ppa())["Resources"]
    loaded(item, "assignees")
    item.start_date, item.end_date = date(2031, 1, 6), date(2031, 2, 14)
    item.assignees = [a_user("maria"), a_user("omar")]
    db.session.commit()


def a_waiting_review(people) -> None:
    """Submitted on Wednesday, 7 May 2031, so that planners and analysts are told."""
    for name in ("bpda_planner", "mfbm_analyst"):
        db.session.get_one(User, getattr(people, name)).email = f"{name}@example.invalid"
    with time_machine.travel(datetime(2031, 5, 7, 22, tzinfo=MANILA), tick=False):
        take_step(db.session.get_one(User, people.moa_staff), make_ppa(), Action.SUBMIT, comment="")
        db.session.commit()


@pytest.mark.parametrize(
    ("job", "what", "days"),
    [
        (
            "send_due_reminders",
            lambda _people: a_due_item(),
            [date(2031, 2, 7), date(2031, 2, 12), date(2031, 2, 17)],
        ),
        (
            "send_approval_deadline_reminders",
            a_waiting_review,
            [date(2031, 5, 19), date(2031, 5, 28)],
        ),
    ],
)
def test_two_runs_at_once_reach_each_recipient_once_for_each_threshold(
    app: Flask, people, server, job: str, what: Callable, days: list[date]
) -> None:
    what(people)
    for day in days:
        with time_machine.travel(datetime(day.year, day.month, day.day, 8, tzinfo=MANILA)):
            summaries = twice(app, job) + twice(app, "deliver_notifications")
        assert all(not one.get("errors") for one in summaries), summaries
    mails = Counter((to, str(letter["Subject"])) for to, letter in server.arrived)
    recipients = {to for to, _ in mails}
    assert len(recipients) >= (2 if job == "send_due_reminders" else 1)
    assert len(mails) == len(recipients) * len(days)
    assert set(mails.values()) == {1}
    assert len(server.ids) == len(set(server.ids)) == len(mails)
