"""Users and their passwords."""

from sqlalchemy import select

from obcms.errors import Invalid
from obcms.extensions import db
from obcms.models import Organization, User
from obcms.permissions import CONFINED_ROLES, Actor, Permission, Role, require

MIN_PASSWORD = 12


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
    username = username.strip()
    if not username:
        raise Invalid("The user needs a name.", "username")
    if role in CONFINED_ROLES and organization is None:
        raise Invalid(f"A user with the role {role.label} needs a ministry.", "organization")
    if db.session.scalar(select(User.id).where(User.username == username)) is not None:
        raise Invalid(f"There is already a user “{username}”.", "username")
    user = User(
        username=username, role=role, organization=organization, full_name=full_name, email=email
    )
    set_password(actor, user, password)
    db.session.add(user)
    db.session.flush()
    return user


def set_password(actor: Actor, user: User, password: str) -> None:
    """Replaces the password. Raises Invalid when it is too short."""
    require(actor, Permission.USER_EDIT)
    if len(password) < MIN_PASSWORD:
        raise Invalid(f"A password has at least {MIN_PASSWORD} characters.", "password")
    user.set_password(password)
