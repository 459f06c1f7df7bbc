"""Giving a user another name (SPEC 2, Identity)."""

from obcms.kernel.permissions import Actor, Permission
from obcms.kernel.records.rename import Naming, Renamed, rename
from obcms.people.models import User
from obcms.people.rules.names import likeness, well_formed

NAMES = Naming(User, "user", "username", Permission.USER_EDIT, well_formed, likeness)


def rename_user(actor: Actor, who: str, new: str) -> Renamed:
    """Gives the user with this name, or with `number:7`, a new name. Raises Invalid."""
    return rename(actor, NAMES, who, new)
