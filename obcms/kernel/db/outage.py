"""When the database cannot work just now: told apart from what is wrong with a request."""

from errno import EDQUOT, EIO, ENOSPC, EROFS

from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from obcms.kernel.db.revisions import is_at_head

AWAY = "The database is away."
STARTING = "The database is starting."
FULL = "The database's disk is full."
NO_WRITES = "The database takes no changes just now."
BUSY = "The database has no connection free."
DAMAGED = "The database's file is damaged."
OTHER_TABLES = "The database is being set up, or does not fit this version of OBCMS."

# https://www.postgresql.org/docs/current/errcodes-appendix.html
SQLSTATES = {
    "57P03": STARTING,
    "57P01": AWAY,
    "57P02": AWAY,
    "57P05": AWAY,
    "53100": FULL,
    "53300": BUSY,
    "25006": NO_WRITES,
    "58030": AWAY,
}
UNKNOWN_TABLES = ("42P01", "42703")
# https://www.sqlite.org/rescode.html
SQLITE_CODES = {8: NO_WRITES, 10: AWAY, 11: DAMAGED, 13: FULL, 14: AWAY, 26: DAMAGED}
FILES = {ENOSPC: FULL, EDQUOT: FULL, EROFS: NO_WRITES, EIO: AWAY}


def outage(error: BaseException) -> str | None:
    """What keeps the database from working, in a sentence; None where it is something else.

    The request need not be at fault, so the same request may work later.
    """
    if isinstance(error, PoolExhausted):
        return BUSY
    if isinstance(error, OSError):
        return FILES.get(error.errno or 0)
    if not isinstance(error, DBAPIError):
        return None
    if hasattr(error.orig, "sqlite_errorcode"):
        found = SQLITE_CODES.get(error.orig.sqlite_errorcode & 0xFF)
    else:
        found = _of_postgresql(error)
    return found or (OTHER_TABLES if _misses_a_table(error) else None)


def _of_postgresql(error: DBAPIError) -> str | None:
    code = getattr(error.orig, "pgcode", None)
    if code is None:  # the server did not answer, or not as a server does
        failed = error.connection_invalidated or isinstance(error, OperationalError)
        starting = "starting up" in str(error.orig) or "recovery" in str(error.orig)
        return (STARTING if starting else AWAY) if failed else None
    return SQLSTATES.get(code) or (AWAY if code.startswith("08") else None)


def _misses_a_table(error: DBAPIError) -> bool:
    """Whether the statement knows a table or column that the database has not, or not yet."""
    said = str(error.orig)
    unknown = getattr(error.orig, "pgcode", None) in UNKNOWN_TABLES or said.startswith(
        ("no such table", "no such column")
    )
    return unknown and isinstance(error, OperationalError | ProgrammingError) and not is_at_head()
