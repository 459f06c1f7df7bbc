"""What people and organizations were called when an entry was written (SPEC 2)."""

from collections.abc import Collection

from sqlalchemy import Connection

from obcms.kernel.audit.values_then import ValuesThen
from obcms.organizations.models import Organization
from obcms.people.models import User


class NamesThen:
    """The names at positions of the trail from `since` on; four queries."""

    def __init__(
        self,
        connection: Connection,
        organization_ids: Collection[int],
        user_ids: Collection[int],
        since: int,
    ) -> None:
        organizations, users = Organization.__table__, User.__table__
        acronym, called = ("acronym",), ("full_name", "username")
        self._organizations = ValuesThen(
            connection, organizations, acronym, organization_ids, since
        )
        self._users = ValuesThen(connection, users, called, user_ids, since)

    def organization(self, organization_id: int, position: int) -> str:
        """The acronym when the entry at the position had been written."""
        found = self._organizations.at(organization_id, position)
        return found["acronym"] if found else f"#{organization_id}"

    def user(self, user_id: int, position: int) -> str | None:
        """The full name, else the user name; None for a user that there is no longer."""
        found = self._users.at(user_id, position)
        return (found["full_name"] or found["username"]) if found else None
