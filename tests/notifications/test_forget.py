"""What was told more than a year ago is deleted, whatever became of it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from obcms.kernel.extensions import db
from obcms.kernel.jobs.runner import run_slot
from obcms.notifications.models import Notification
from obcms.notifications.notify import notify
from obcms.notifications.rules.waits import LEASE
from tests.notifications.told import deliver, news, tell

pytestmark = pytest.mark.usefixtures("app", "clock")


def about() -> list[str]:
    found = list(db.session.scalars(select(Notification.about).order_by(Notification.id)))
    db.session.remove()
    return found


def forget(slot: str) -> int:
    summary = run_slot("delete_old_notifications", slot)
    db.session.remove()
    return summary["deleted"]


def test_a_year_later_it_is_gone(server, clock) -> None:
    tell("budget@example.invalid", about="old and sent")
    deliver()
    tell("budget@example.invalid", about="old and waiting")
    clock.shift(timedelta(seconds=1))
    tell("budget@example.invalid", about="not so old")
    clock.shift(timedelta(days=365))
    assert forget("20320107T2050Z") == 2
    assert about() == ["not so old"]


def test_what_is_just_being_sent_stays(clock) -> None:
    notify(news(), ["budget@example.invalid"])
    row = db.session.scalars(select(Notification)).one()
    clock.shift(timedelta(days=366))
    row.next_try_at += timedelta(days=366) + LEASE
    db.session.commit()
    assert forget("20320108T2050Z") == 0
