"""What a database constraint means to a person, for the writes that only the database stopped."""

import re
from collections.abc import Iterator

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Table
from sqlalchemy.exc import DataError, DBAPIError, OperationalError

from obcms.kernel.errors import Conflict, Invalid, Problem
from obcms.kernel.extensions import db

RACE = "Somebody else changed the same thing at the same moment. Please try again."
# What a constraint means, by its name: each slice adds what its own rules say of the same.
PROBLEMS: dict[str, Problem] = {}
# SQLite names a check, but of what may be there only once the columns, as “ppa.code”.
_SAID_BY_SQLITE = re.compile(r"(?:CHECK|UNIQUE) constraint failed: (?:index ')?([^']+)")


def explain(error: DBAPIError) -> Invalid | Conflict:
    """The refusal to show instead of the database's own words."""
    if is_overflow(error):
        return Invalid("The amounts add up to more than can be stored.")
    if problem := PROBLEMS.get(_constraint(error)):
        return Invalid(problem)
    if _is_taken(error):  # every verb looks first, so somebody else came between
        return Conflict(RACE)
    if "FOREIGN KEY" in str(error.orig).upper():
        return Invalid("Something else still refers to this, or what it refers to is gone.")
    return Invalid("The database refused this change because it contradicts another record.")


def _constraint(error: DBAPIError) -> str:
    """The name of the constraint that was broken; empty where the database does not say it."""
    if told := getattr(error.orig, "diag", None):
        return told.constraint_name or ""
    found = _SAID_BY_SQLITE.search(str(error.orig))
    said = found[1] if found else ""
    table = db.metadata.tables.get(said.partition(".")[0])
    return said if table is None else dict(_unique(table)).get(said, "")


def _unique(table: Table) -> Iterator[tuple[str, str]]:
    """The columns that may be there only once, as SQLite says them, and the constraint's name."""
    indexes = (index for index in table.indexes if index.unique)
    for one in (*table.constraints, *indexes):
        if not isinstance(one, CheckConstraint | ForeignKeyConstraint):
            yield ", ".join(map(str, one.columns)), str(one.name)


def _is_taken(error: DBAPIError) -> bool:
    """Whether another row has what may be there only once."""
    is_unique = getattr(error.orig, "pgcode", None) == "23505"
    return is_unique or "UNIQUE constraint failed" in str(error.orig)


def is_overflow(error: DBAPIError) -> bool:
    """Whether a sum does not fit its column; each amount by itself is checked before."""
    return isinstance(error, DataError) or "integer overflow" in str(error.orig)


def is_lost_race(error: OperationalError) -> bool:
    """Whether the database gave up on a lock: a deadlock, a serialization failure, a busy file."""
    return getattr(error.orig, "pgcode", None) in {"40001", "40P01", "55P03"} or (
        "database is locked" in str(error.orig)
    )
