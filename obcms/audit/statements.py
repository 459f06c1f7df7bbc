"""Statements that write many rows at once, in the quickest way that each database has.

PostgreSQL takes one array per column, for it would take a round trip, or a page of parameters, for
each row. SQLite works off one statement for many sets of parameters without a round trip.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    ARRAY,
    Connection,
    Table,
    TableValuedAlias,
    bindparam,
    cast,
    func,
    insert,
    literal,
    select,
    update,
)


def insert_many(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Inserts the rows, which all name the same columns."""
    first = rows[0]
    names = [name for name in first if any(row[name] is not None for row in rows)]
    if len(rows) == 1 or connection.dialect.name != "postgresql":
        connection.execute(insert(table), [{name: row[name] for name in names} for row in rows])
        return
    varying = [name for name in names if any(row[name] != first[name] for row in rows)]
    given = _arrays(table, {name: [row[name] for row in rows] for name in varying})
    chosen = [
        given.c[name] if name in varying else literal(first[name], table.c[name].type)
        for name in names
    ]
    connection.execute(
        insert(table).from_select(names, select(*chosen).select_from(given), include_defaults=False)
    )


def update_many(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> int:
    """Updates the rows that still have their id and version, and raises that; returns how many.

    A row names its id, its version as it was read, and the new values, all the same columns.
    """
    names = [name for name in rows[0] if name not in ("id", "version")]
    if connection.dialect.name == "postgresql":
        given = _arrays(table, {name: [row[name] for row in rows] for name in rows[0]})
        where = (table.c.id == given.c.id, table.c.version == given.c.version)
        values = {name: given.c[name] for name in names}
        parameters: list[dict[str, Any]] | None = None
    else:
        where = (table.c.id == bindparam("old_id"), table.c.version == bindparam("old_version"))
        values = {name: bindparam(f"new_{name}") for name in names}
        parameters = [_prefixed(row) for row in rows]
    statement = update(table).where(*where).values(values | {"version": table.c.version + 1})
    return connection.execute(statement, parameters).rowcount


def _prefixed(row: Mapping[str, Any]) -> dict[str, Any]:
    # A parameter may not have the name of a column that the statement sets.
    return {f"old_{k}" if k in ("id", "version") else f"new_{k}": v for k, v in row.items()}


def _arrays(table: Table, columns: Mapping[str, list[Any]]) -> TableValuedAlias:
    """The values of each column as the rows of a table named `given`."""
    arrays = [cast(values, ARRAY(table.c[name].type)) for name, values in columns.items()]
    return func.unnest(*arrays).table_valued(*columns).render_derived(name="given")
