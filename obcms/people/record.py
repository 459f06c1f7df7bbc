"""What people may set on a user, and what is wrong between the fields (SPEC 2, Identity)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import inspect, select

from obcms.kernel.errors import Invalid, Problem
from obcms.kernel.extensions import db
from obcms.kernel.permissions import CONFINED_ROLES, Permission, Role
from obcms.kernel.records.record import Record
from obcms.kernel.rules.fields import Flag, OneOf, Ref, Text
from obcms.organizations.models import Organization
from obcms.people.models import User
from obcms.people.rules.names import NO_NAME, fold, refuse_alike, well_formed

_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")


@dataclass(frozen=True)
class UserName(Text):
    """Folded before it is compared or kept; `_check` looks at the form of a new one."""

    def _read(self, value: object) -> str:
        name = fold(self._storable(value, ""))
        if not name:
            raise self.refused(self.required)
        return name


@dataclass(frozen=True)
class EMail(Text):
    """Something on both sides of one @."""

    def _read(self, value: object) -> str:
        address = super()._read(value)
        if not _ADDRESS.fullmatch(address):
            raise self.refused("Enter an e-mail address.")
        return address


def _check(user: User) -> Iterator[Problem]:
    if inspect(user).attrs.username.history.has_changes():  # an older name of another form stays
        try:
            refuse_alike(well_formed(user.username), _other_names(user))
        except Invalid as error:
            yield from error.problems
    if user.role in CONFINED_ROLES and user.organization_id is None:
        yield Problem(f"A user with the role {user.role.label} needs a ministry.", "organization")


def _other_names(user: User) -> list[str]:
    return list(db.session.scalars(select(User.username).where(User.id != (user.id or 0))))


USERS = Record(
    model=User,
    noun="user",
    plural="users",
    title="Users",
    fields=(
        UserName("username", label="User name", required=NO_NAME),
        Text("full_name"),
        EMail("email", label="E-mail"),
        OneOf("role", choices=Role, required="Choose a role."),
        Ref(
            "organization_id",
            model=Organization,
            label="Ministry",
            help="MOA staff and heads need one; they see its PPAs alone.",
        ),
        Flag("is_active", label="May sign in", help="Without the tick, all sessions end at once."),
    ),
    view=Permission.USER_EDIT,
    change=Permission.USER_EDIT,
    shown=(
        "username",
        "full_name",
        "role",
        "organization",
        "email",
        "is_active",
        "has_second_factor",
    ),
    search=("username", "full_name", "email"),
    order="username",
    check=_check,
)
