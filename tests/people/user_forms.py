"""Words for what an administrator does to a user."""

from typing import Any

from sqlalchemy import select

from obcms.kernel.extensions import db
from obcms.organizations.models import Organization
from obcms.people.models import User

LIST = "/admin/user/"
SAVED = "Record was successfully saved."


def moa(acronym: str) -> int:
    return db.session.scalars(select(Organization.id).filter_by(acronym=acronym)).one()


def form_of(user_id: int, **changes: Any) -> dict[str, Any]:
    """What the edit form would send, with some fields changed."""
    user = db.session.get_one(User, user_id)
    form = {
        "seen_version": user.version,
        "username": user.username,
        "full_name": user.full_name,
        "email": user.email,
        "role": user.role.value,
        "organization": user.organization_id or "__None",
        "is_active": "y",
    } | changes
    db.session.rollback()
    return {name: value for name, value in form.items() if value is not None}


def edit(client, user_id: int, **changes: Any) -> str:
    form = form_of(user_id, **changes)
    return client.post(f"{LIST}edit/?id={user_id}", data=form, follow_redirects=True).text


def stored(user_id: int) -> User:
    db.session.rollback()
    return db.session.get_one(User, user_id)
