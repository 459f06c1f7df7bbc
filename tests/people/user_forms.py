"""Words for what an administrator does to a user."""

import json
from typing import Any

from sqlalchemy import select

from obcms.kernel.extensions import db
from obcms.kernel.records.opened import fingerprints
from obcms.organizations.models import Organization
from obcms.people.models import User
from obcms.people.record import USERS

LIST = "/admin/user/"
SAVED = "Record was successfully saved."


def moa(acronym: str) -> int:
    return db.session.scalars(select(Organization.id).filter_by(acronym=acronym)).one()


def form_of(user_id: int, **changes: Any) -> dict[str, Any]:
    """What the edit form sends when it was opened now, with some fields changed."""
    user = db.session.get_one(User, user_id)
    form = {
        "opened": json.dumps(fingerprints(user, USERS.fields)),
        "username": user.username,
        "full_name": user.full_name,
        "email": user.email,
        "role": user.role.value,
        "organization": user.organization_id or "",
        "is_active": "y" if user.is_active else None,
    } | changes
    db.session.rollback()
    return {name: value for name, value in form.items() if value is not None}


def edit(client, user_id: int, **changes: Any) -> str:
    form = form_of(user_id, **changes)
    return client.post(f"{LIST}edit/?id={user_id}", data=form, follow_redirects=True).text


def stored(user_id: int) -> User:
    db.session.rollback()
    return db.session.get_one(User, user_id)
