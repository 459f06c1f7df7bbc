"""Giving a record another name or code, on whatever revision the database is (SPEC 2, Identity)."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Connection, MetaData, Row, Table, insert, select, update

from obcms.kernel.audit.origin import current_origin
from obcms.kernel.audit.subject import ROOT, SUBJECT
from obcms.kernel.db.kept_text import kept_text
from obcms.kernel.db.types import utc_now
from obcms.kernel.errors import Invalid
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Actor, Permission, require

BY_NUMBER = "number:"
NOTHING_KEPT: Mapping[str, str] = {}


class Renamed(NamedTuple):
    """The text before and after."""

    old: str
    new: str

    def __str__(self) -> str:
        return f"“{self.old}” is now “{self.new}”."


def anything(_connection: Connection, _row: Row[Any], _new: str) -> None:
    """For what depends on nothing else."""


@dataclass(frozen=True)
class Naming:
    """What a kind of record is known by: a column, how it is cleaned, and when two are the same.

    `refuse` raises Invalid where this one cannot have the cleaned text. `named_in` has the tables
    and columns that name it by this text, and follow, unless the text is one of `meaning_else`,
    by which they mean something else.
    """

    model: Any
    noun: str
    column: str
    permission: Permission
    clean: Callable[[str], str]
    key: Callable[[str], str]
    refuse: Callable[[Connection, Row[Any], str], None] = anything
    named_in: Sequence[tuple[str, str]] = ()
    meaning_else: Collection[str] = ()


def rename(actor: Actor, naming: Naming, who: str, new: str) -> Renamed:
    """Gives the one with this text, or with `number:7`, a new one. Raises Invalid.

    A migration may have refused because of the old one. So this asks the database which columns it
    has, instead of the models, which are ahead of it then, and writes the trail's entry itself.
    """
    require(actor, naming.permission)
    connection, column = db.session.connection(), naming.column
    table = _as_it_is(connection, naming.model.__tablename__)
    rows = connection.execute(select(table)).all()
    row, text = _found(naming, rows, who), naming.clean(new)
    naming.refuse(connection, row, text)
    for other in rows:
        taken = getattr(other, column)
        if other.id != row.id and naming.key(taken) == naming.key(text):
            raise Invalid(f"“{text}” would be taken for “{taken}”.", column)
    old = getattr(row, column)
    kept = kept_text(naming.model, {**row._mapping, column: text})
    _change(connection, table, row, column, text, kept)
    for name, holder in () if old in naming.meaning_else else naming.named_in:
        there = _as_it_is(connection, name)
        for naming_it in connection.execute(select(there).where(there.c[holder] == old)).all():
            _change(connection, there, naming_it, holder, text)
    return Renamed(old, text)


def _as_it_is(connection: Connection, name: str) -> Table:
    return Table(name, MetaData(), autoload_with=connection)


def _change(
    connection: Connection,
    table: Table,
    row: Row[Any],
    column: str,
    text: str,
    kept: Mapping[str, str] = NOTHING_KEPT,
) -> None:
    changes = {column: [getattr(row, column), text]}
    if "version" in table.c:
        changes["version"] = [row.version, row.version + 1]
    values = {name: after for name, (_, after) in changes.items()}
    values |= {name: value for name, value in kept.items() if name in table.c}
    connection.execute(update(table).where(table.c.id == row.id).values(**values))
    _record(connection, table.name, row.id, changes)


def _found(naming: Naming, rows: list[Row[Any]], who: str) -> Row[Any]:
    """By its very letters, as two may differ in nothing that folding keeps."""
    number = who.removeprefix(BY_NUMBER) if who.startswith(BY_NUMBER) else ""
    found = [row for row in rows if getattr(row, naming.column) == who or str(row.id) == number]
    if not found:
        raise Invalid(f"There is no {naming.noun} “{who}”.")
    return found[0]


def _record(
    connection: Connection, table: str, number: int, changes: dict[str, list[object]]
) -> None:
    origin = current_origin()
    trail = Table("audit_entry", MetaData(), autoload_with=connection)
    values: dict[str, object] = {
        "at": utc_now(),
        "table_name": table,
        "row_key": str(number),
        "action": "update",
        "changes": changes,
        "actor_id": origin.actor_id,
        "actor_name": origin.actor_name,
        "request_id": origin.request_id,
    }
    if table == ROOT and SUBJECT in trail.c:  # whose history the entry belongs to
        values[SUBJECT] = number
    connection.execute(insert(trail).values(**values))
