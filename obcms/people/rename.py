"""Giving a user another name, on whatever revision the database is (SPEC 2, Identity)."""

from typing import NamedTuple

from sqlalchemy import MetaData, Row, Table, insert, select, update

from obcms.kernel.audit.origin import current_origin
from obcms.kernel.db.types import utc_now
from obcms.kernel.errors import Invalid
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Actor, Permission, require
from obcms.people.rules.names import refuse_alike, well_formed

BY_NUMBER = "number:"


class Renamed(NamedTuple):
    """The name before and after."""

    old: str
    new: str


def rename_user(actor: Actor, who: str, new: str) -> Renamed:
    """Gives the user with this name, or with `number:7`, a new name. Raises Invalid.

    A migration may have refused because of the old one. So this asks the database which columns it
    has, instead of the models, which are ahead of it then, and writes the trail's entry itself.
    """
    require(actor, Permission.USER_EDIT)
    connection = db.session.connection()
    table = Table("user_account", MetaData(), autoload_with=connection)
    users = connection.execute(select(table)).all()
    user, name = _found(users, who), well_formed(new)
    refuse_alike(name, (other.username for other in users if other.id != user.id))
    changes = {"username": [user.username, name]}
    if "version" in table.c:
        changes["version"] = [user.version, user.version + 1]
    values = {column: after for column, (_, after) in changes.items()}
    connection.execute(update(table).where(table.c.id == user.id).values(**values))
    _record(user.id, changes)
    return Renamed(user.username, name)


def _found(users: list[Row], who: str) -> Row:
    """By its very letters, as two names may differ in nothing that folding keeps."""
    number = who.removeprefix(BY_NUMBER) if who.startswith(BY_NUMBER) else ""
    found = [user for user in users if user.username == who or str(user.id) == number]
    if not found:
        raise Invalid(f"There is no user “{who}”.")
    return found[0]


def _record(user_id: int, changes: dict[str, list[object]]) -> None:
    connection, origin = db.session.connection(), current_origin()
    trail = Table("audit_entry", MetaData(), autoload_with=connection)
    connection.execute(
        insert(trail).values(
            at=utc_now(),
            table_name="user_account",
            row_key=str(user_id),
            action="update",
            changes=changes,
            actor_id=origin.actor_id,
            actor_name=origin.actor_name,
            request_id=origin.request_id,
        )
    )
