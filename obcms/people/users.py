"""Users: who they are, what they may do, and their passwords."""

import secrets
from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, select

from obcms.kernel.db.types import utc_now
from obcms.kernel.errors import Conflict, Invalid
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Actor, Permission, Role, require
from obcms.people.attempts import attempt_key
from obcms.people.models import SignInAttempt, User
from obcms.people.record import USERS
from obcms.people.rules.passwords import refuse_weak


def generate_password() -> str:
    """A password to be shown once."""
    return secrets.token_urlsafe(15)


def create_user(
    actor: Actor, values: Mapping[str, Any], password: str, *, must_change: bool = False
) -> User:
    """A new user who can sign in. Raises Invalid with one problem for each fault.

    With `must_change` the password is good for one sign-in, at which its owner chooses another.
    """
    require(actor, Permission.USER_EDIT)
    user = USERS.build(values)
    change_password(user, password)
    user.must_change_password = must_change
    db.session.add(user)
    db.session.flush()
    return user


def edit_user(
    actor: Actor,
    user: User,
    values: Mapping[str, Any],
    opened: Mapping[str, str] | None = None,
) -> User:
    """Changes the named columns; `opened` is what the form showed.

    Raises Invalid, and Conflict where somebody else changed one of them since the form was opened
    or nobody, or not oneself, would be left in charge.
    """
    require(actor, Permission.USER_EDIT)
    in_charge = _lock_administrators()
    USERS.edit(actor, user, values, opened)
    if user.id in in_charge and not (user.role is Role.ADMINISTRATOR and user.is_active):
        if user.id == getattr(actor, "id", None):
            raise Conflict("You cannot disable yourself or take away your own administrator role.")
        if len(in_charge) == 1:
            raise Conflict(
                "This is the last active administrator, so somebody else must become one."
            )
    return user


def set_password(actor: Actor, user: User, password: str, *, must_change: bool = False) -> None:
    """Replaces somebody's password; all their sessions end. Raises Invalid for a weak one.

    With `must_change` it is good for one sign-in, at which its owner chooses another.
    """
    require(actor, Permission.USER_EDIT)
    refuse_oneself(actor, user)
    change_password(user, password)
    user.must_change_password = must_change


def refuse_oneself(actor: Actor, user: User) -> None:
    """An unattended computer must not be enough to take over the administrator's own account."""
    if user.id is not None and user.id == getattr(actor, "id", None):
        raise Invalid("This is your own account: please use the page “Your account”.", "password")


def change_password(user: User, password: str) -> None:
    """Replaces one's own password; the caller has checked the present one. Raises Invalid."""
    refuse_weak(password, [user.username, user.full_name or "", user.email or ""])
    if user.must_change_password and user.has_password(password):
        raise Invalid("Choose another password than the one you were given.", "password")
    user.set_password(password)
    user.must_change_password = False


def unlock(actor: Actor, user: User) -> None:
    """Forgets the failed attempts with this user's name, wherever they came from."""
    require(actor, Permission.USER_EDIT)
    name, _ = attempt_key(user.username, None)
    db.session.execute(delete(SignInAttempt).where(SignInAttempt.username == name))


def locked_among(users: list[User]) -> set[int]:
    """The ids of those who are locked out at one address at least, in one query."""
    names = {user.id: attempt_key(user.username, None)[0] for user in users}
    locked = set(
        db.session.scalars(
            select(SignInAttempt.username).where(
                SignInAttempt.username.in_(names.values()), SignInAttempt.locked_until > utc_now()
            )
        )
    )
    return {user_id for user_id, name in names.items() if name in locked}


def _lock_administrators() -> set[int]:
    """The ids of the active ones; locked, so that two cannot disable each other at once."""
    query = select(User.id).where(User.role == Role.ADMINISTRATOR, User.is_active)
    return set(db.session.scalars(query.order_by(User.id).with_for_update()))
