"""Users: who they are, what they may do, and their passwords."""

import secrets
from typing import Any

from sqlalchemy import delete, select

from obcms.kernel.db.types import utc_now
from obcms.kernel.errors import Conflict, Invalid
from obcms.kernel.extensions import db
from obcms.kernel.permissions import CONFINED_ROLES, Actor, Permission, Role, require
from obcms.organizations.models import Organization
from obcms.people.attempts import attempt_key
from obcms.people.models import SignInAttempt, User
from obcms.people.rules.names import fold, likeness, well_formed
from obcms.people.rules.passwords import refuse_weak


def generate_password() -> str:
    """A password to be shown once."""
    return secrets.token_urlsafe(15)


def create_user(
    actor: Actor,
    username: str,
    password: str,
    role: Role,
    organization: Organization | None = None,
    full_name: str = "",
    email: str = "",
) -> User:
    """A new user who can sign in. Raises Invalid naming what is wrong."""
    require(actor, Permission.USER_EDIT)
    user = User(username=_free_name(username, None), full_name=full_name, email=email)
    _give_role(user, role, organization)
    set_password(actor, user, password)
    db.session.add(user)
    db.session.flush()
    return user


def edit_user(
    actor: Actor,
    user: User,
    *,
    username: str,
    role: Role,
    organization: Organization | None,
    is_active: bool,
    **texts: Any,
) -> None:
    """Changes who somebody is; `texts` are full_name and email. Raises Invalid or Conflict."""
    require(actor, Permission.USER_EDIT)
    _keep_an_administrator(actor, user, role, is_active)
    user.username = _free_name(username, user)
    _give_role(user, role, organization)
    if user.is_active != is_active:
        user.is_active = is_active
    for name in ("full_name", "email"):
        setattr(user, name, texts.get(name) or "")
    db.session.flush()


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


def _free_name(username: str, user: User | None) -> str:
    """The name as it will be kept. Nobody's name may be taken for somebody else's."""
    if user is not None and fold(username) == user.username:
        return user.username
    name = well_formed(username)
    with db.session.no_autoflush:
        others = db.session.execute(select(User.id, User.username)).all()
    for other_id, other in others:
        if user is not None and other_id == user.id:
            continue
        if other == name:
            raise Invalid(f"There is already a user “{name}”.", "username")
        if likeness(other) == likeness(name):
            raise Invalid(
                f"“{name}” would be taken for “{other}”, who is there already.", "username"
            )
    return name


def _give_role(user: User, role: Role | None, organization: Organization | None) -> None:
    if role is None:
        raise Invalid("Choose a role.", "role")
    if role in CONFINED_ROLES and organization is None:
        raise Invalid(f"A user with the role {role.label} needs a ministry.", "organization")
    user.role, user.organization = role, organization


def _keep_an_administrator(actor: Actor, user: User, role: Role, is_active: bool) -> None:
    """Refuses what would leave nobody, or not oneself, in charge.

    All active administrators are locked, so that two of them cannot disable each other at once.
    """
    if user.role is not Role.ADMINISTRATOR or not user.is_active:
        return
    if role is Role.ADMINISTRATOR and is_active:
        return
    if user.id == getattr(actor, "id", None):
        raise Conflict("You cannot disable yourself or take away your own administrator role.")
    query = select(User.id).where(User.role == Role.ADMINISTRATOR, User.is_active)
    administrators = db.session.scalars(query.order_by(User.id).with_for_update()).all()
    if not any(found != user.id for found in administrators):
        raise Conflict("This is the last active administrator, so somebody else must become one.")
