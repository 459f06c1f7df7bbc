"""Who may acknowledge an alert, until when it stays so, and who is told of it (SPEC 10)."""

import pytest
from sqlalchemy import select

from obcms.alerts.acknowledge import acknowledge_alert
from obcms.alerts.models import Alert
from obcms.alerts.rules.choices import AlertState
from obcms.kernel.errors import Conflict, Forbidden, NotFound
from obcms.kernel.extensions import db
from obcms.notifications.models import Notification
from obcms.people.models import User
from tests.alerts.conftest import alerts
from tests.support.factories import spend

RESOURCES = "Resources"  # has 75,000


def told(threshold: str) -> set[str]:
    query = select(Notification.recipient).where(
        Notification.event == "budget_alert", Notification.threshold == threshold
    )
    return set(db.session.scalars(query))


def test_acknowledged_stays_so_until_it_becomes_critical(items, look, people) -> None:
    spend(items[RESOURCES], "84000.00")
    look()
    staff = db.session.get_one(User, people.moa_staff)
    [alert] = alerts()
    acknowledge_alert(staff, alert, "We ask for a realignment.")
    spend(items[RESOURCES], "100.00")
    look()
    [alert] = alerts()
    assert (alert.state, alert.acknowledged_by_id) == (AlertState.ACKNOWLEDGED, staff.id)
    spend(items[RESOURCES], "10000.00")
    look()
    alert = db.session.get_one(Alert, alert.id)
    assert (alert.state, alert.note, alert.acknowledged_by_id) == (AlertState.OPEN, "", None)


def test_who_may_acknowledge(items, look, people) -> None:
    spend(items[RESOURCES], "84000.00")
    look()
    [alert] = alerts()
    for name in ("viewer", "coa_auditor", "bpda_planner", "executive"):
        with pytest.raises(Forbidden, match="Your role does not allow this"):
            acknowledge_alert(db.session.get_one(User, getattr(people, name)), alert)
    with pytest.raises(NotFound, match="no such alert"):
        acknowledge_alert(db.session.get_one(User, people.outsider), alert)
    acknowledge_alert(db.session.get_one(User, people.mfbm_analyst), alert)
    with pytest.raises(Conflict, match="acknowledged already"):
        acknowledge_alert(db.session.get_one(User, people.moa_head), alert)


def test_those_concerned_are_told_once_for_each_level(items, look, people) -> None:
    spend(items[RESOURCES], "84000.00")
    look()
    look()
    ministry = {f"user {people.moa_staff}", f"user {people.moa_head}"}
    assert told("high") == ministry
    assert told("critical") == set()
    spend(items[RESOURCES], "10000.00")
    look()
    assert told("critical") == ministry | {f"user {people.mfbm_analyst}"}
