"""What a database holds, whatever its revision."""

from typing import Any

from sqlalchemy import Connection, MetaData, select, type_coerce
from sqlalchemy.types import NullType

Contents = dict[str, list[dict[str, Any]]]
OWN = "alembic_version"


def contents(connection: Connection) -> Contents:
    """Every row of every table as it is stored, by the table's name."""
    metadata = MetaData()
    metadata.reflect(connection)
    found = {}
    for name, table in sorted(metadata.tables.items()):
        if name == OWN:
            continue
        columns = [type_coerce(column, NullType()).label(column.name) for column in table.c]
        order = list(table.primary_key) or list(table.c)
        rows = connection.execute(select(*columns).order_by(*order)).mappings()
        found[name] = [dict(row) for row in rows]
    return found


def shared(one: Contents, other: Contents) -> tuple[Contents, Contents]:
    """Both, with the tables and columns alone that both have."""
    tables = one.keys() & other.keys()
    names = {table: _names(one[table]) & _names(other[table]) for table in tables}
    return _only(one, names), _only(other, names)


def _names(rows: list[dict[str, Any]]) -> set[str]:
    return set(rows[0]) if rows else set()


def _only(found: Contents, names: dict[str, set[str]]) -> Contents:
    return {
        table: [{name: row[name] for name in names[table]} for row in found[table]]
        for table in names
    }
