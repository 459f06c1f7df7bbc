"""What a database holds, whatever its revision."""

from typing import Any

from sqlalchemy import Connection, inspect

Contents = dict[str, list[dict[str, Any]]]
OWN = "alembic_version"


def contents(connection: Connection) -> Contents:
    """Every row of every table as it is stored, by the table's name, in the order of its key."""
    found = {}
    keys = inspect(connection).get_multi_pk_constraint()
    for (_schema, name), key in sorted(keys.items()):
        if name == OWN:
            continue
        order = ", ".join(f'"{column}"' for column in key["constrained_columns"]) or "1"
        rows = connection.exec_driver_sql(f'SELECT * FROM "{name}" ORDER BY {order}').mappings()
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
