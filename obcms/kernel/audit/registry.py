"""Which tables are audited, and what is never written into the trail."""

from functools import cache
from typing import Any

from sqlalchemy import Table

from obcms.kernel.extensions import Base

# A table's `info` that puts its changes into the trail.
AUDITED: dict[str, Any] = {"audited": True}

# Secrets and file contents, by column name: of these the trail keeps a fingerprint.
SECRET_COLUMNS = frozenset({"password_hash", "code_hash", "stamp", "secret", "content"})
# What follows from other columns.
FOLLOWING_COLUMNS = frozenset(
    {"tree_key", "root_ppa_id", "acronym_key", "code_key", "name_key", "search_text"}
    | {"title_key", "number_key", "payee_key", "obligated", "payable", "disbursed"}
)
# Beside these, what each sign-in moves.
EXCLUDED_COLUMNS = SECRET_COLUMNS | FOLLOWING_COLUMNS | {"last_step"}


class Audited:
    """A record whose changes are in the trail."""


@cache
def audited_tables() -> frozenset[Table]:
    """The tables of audited records, and the association tables marked as such."""
    mappers = Base.registry.mappers
    records = {mapper.local_table for mapper in mappers if issubclass(mapper.class_, Audited)}
    return frozenset(records | association_tables())


@cache
def association_tables() -> frozenset[Table]:
    """The audited tables whose rows have no object of their own."""
    tables = Base.metadata.tables.values()
    return frozenset(table for table in tables if table.info.get("audited"))
