"""Statements that write many rows at once, in the quickest way that each database has.

Rows come by column, so that what all of them share is converted and sent once. PostgreSQL takes the
other columns as one JSON document: a page of parameters, or of array elements, takes longer to
parse than to write. SQLite works off one statement for many sets of parameters without a round
trip.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Connection,
    Insert,
    Table,
    Text,
    Update,
    bindparam,
    cast,
    column,
    func,
    insert,
    literal,
    literal_column,
    select,
    update,
)

# The values of each column by its name, all equally many.
Columns = Mapping[str, Sequence[Any]]


def is_constant(values: Sequence[Any]) -> bool:
    """Whether all values are equal."""
    return values.count(values[0]) == len(values)


def insert_many(connection: Connection, table: Table, columns: Columns) -> None:
    """Inserts the rows, leaving out the columns of which no row has a value."""
    given = {n: v for n, v in columns.items() if v[0] is not None or not is_constant(v)}
    if all(len(values) == 1 for values in given.values()):
        connection.execute(insert(table), {name: values[0] for name, values in given.items()})
        return
    rows = select(*_values(connection, table, given).values())
    statement = insert(table).from_select(list(given), rows, include_defaults=False)
    _execute(connection, statement, given)


def update_many(connection: Connection, table: Table, columns: Columns) -> int:
    """Updates the rows that still have their id and version, and raises that; returns how many.

    The columns are the id, the version as it was read, and those to set.
    """
    values = _values(connection, table, columns)
    is_same = [table.c[name] == values.pop(name) for name in ("id", "version")]
    raised = {"version": table.c.version + literal_column("1")}
    return _execute(connection, update(table).where(*is_same).values(values | raised), columns)


def _values(
    connection: Connection, table: Table, columns: Columns
) -> dict[str, ColumnElement[Any]]:
    """What a statement names for the value of each column."""
    types = {name: table.c[name].type for name in columns}
    if connection.dialect.name != "postgresql":
        return {name: bindparam(_mark(name), type_=kind) for name, kind in types.items()}
    # The first column is sent whole in any case: it says how many rows there are.
    shared = {n: v[0] for n, v in list(columns.items())[1:] if is_constant(v)}
    sent = {n: _bound(connection, table.c[n], v) for n, v in columns.items() if n not in shared}
    document = [dict(zip(sent, row, strict=True)) for row in zip(*sent.values(), strict=True)]
    text = cast(literal(orjson.dumps(document, default=str).decode(), Text), JSON)
    rows = func.json_to_recordset(text).table_valued(*(column(n, types[n]) for n in sent))
    rows = rows.render_derived(name="given", with_types=True)
    return {n: literal(shared[n], types[n]) if n in shared else rows.c[n] for n in columns}


def _mark(name: str) -> str:
    # A parameter may not have the name of a column that the statement sets.
    return f"given_{name}"


def _execute(connection: Connection, statement: Insert | Update, columns: Columns) -> int:
    if connection.dialect.name == "postgresql":
        return connection.execute(statement).rowcount
    compiled = statement.compile(dialect=connection.dialect)
    bound = {_mark(n): _bound(connection, statement.table.c[n], v) for n, v in columns.items()}
    rows = zip(*(bound[mark] for mark in compiled.positiontup), strict=True)
    return connection.exec_driver_sql(str(compiled), list(rows)).rowcount


def _bound(connection: Connection, target: Column[Any], values: Sequence[Any]) -> Sequence[Any]:
    """The values as the driver takes them, or as they stand in PostgreSQL's JSON document."""
    dialect = connection.dialect
    convert = target.type.dialect_impl(dialect).bind_processor(dialect)
    as_json = dialect.name == "postgresql" and isinstance(target.type, JSON)
    if convert is None or as_json:
        return values
    if is_constant(values):
        return [convert(values[0])] * len(values)
    return [convert(value) for value in values]
