"""News and users to tell, for tests."""

from datetime import date
from typing import Any

from obcms.kernel.extensions import db
from obcms.kernel.permissions import Role
from obcms.notifications.rules.events import declare_event
from obcms.notifications.rules.news import News
from obcms.people.models import User

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
