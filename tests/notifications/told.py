"""News and users to tell, for tests."""

from datetime import date
from itertools import count
from typing import Any

from sqlalchemy import select

from obcms.kernel.extensions import db
from obcms.kernel.jobs.runner import run_slot
from obcms.kernel.permissions import Role
from obcms.notifications.inbox import choose_ways
from obcms.notifications.notify import notify
from obcms.notifications.rules.events import declare_event
from obcms.notifications.rules.news import News
from obcms.people.models import User

_slots = count(1)
EVENT = declare_event("test_event", "Something of a test")


def news(**values: Any) -> News:
    """News of an item that is due, with other values where given."""
    usual = {
        "event": EVENT,
        "about": "item 1",
        "threshold": "5 days",
        "subject": "Survey is due",
        "what": "The item Survey of MOH-2031-001 is due.",
        "to_do": "Report its progress.",
        "due": date(2031, 1, 14),
        "link": "/admin/ppa/1/work-items",
    }
    return News(**(usual | values))


def a_user(name: str, role: Role = Role.VIEWER, **values: Any) -> User:
    """A user with a mail address, flushed."""
    user = User(username=name, role=role, password_hash="-")
    user.email = values.pop("email", f"{name}@example.invalid")
    for column, value in values.items():
        setattr(user, column, value)
    db.session.add(user)
    db.session.flush()
    return user


def tell(*recipients: User | str, **values: Any) -> None:
    """Tells them, in a transaction of its own."""
    notify(news(**values), recipients)
    db.session.commit()
    db.session.remove()


def deliver() -> dict[str, Any]:
    """A run of the job for a slot of its own, as a worker makes it."""
    number = next(_slots)
    slot = f"203101{1 + number // 1440 % 28:02d}T{number // 60 % 24:02d}{number % 60:02d}Z"
    summary = run_slot("deliver_notifications", slot)
    db.session.remove()
    return dict(summary)


def the_user(name: str) -> User:
    """The user of this name."""
    return db.session.scalars(select(User).where(User.username == name)).one()


def set_active(name: str, active: bool) -> None:
    """Disables a user, or takes it back."""
    the_user(name).is_active = active
    db.session.commit()
    db.session.remove()


def choose(name: str, way: str, event: str = EVENT) -> None:
    """The user chooses how to hear of it."""
    choose_ways(the_user(name), {event: way})
    db.session.commit()
    db.session.remove()
