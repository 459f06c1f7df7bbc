"""Statements that write many rows at once, in the quickest way that each database has.

PostgreSQL copies new rows in, and takes changes as one JSON document: a page of parameters, or of
array elements, takes longer to parse than to write. SQLite takes VALUES, a page at a time: with a
statement for each row its driver lets other threads run after every one, and the lock is held
until all of them have paused.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from types import MappingProxyType
from typing import Any

import orjson
from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Connection,
    Dialect,
    Insert,
    Table,
    Text,
    Update,
    cast,
    column,
    func,
    insert,
    literal,
    literal_column,
    select,
    text,
    update,
)

from obcms.kernel.db.connections import COPIED

# The values of each column by its name, all equally many.
ColumnValues = Mapping[str, Sequence[Any]]
Values = Mapping[str, ColumnElement[Any]]  # what stands for each column in a statement
MOST_PARAMETERS = 32_766  # of one statement on SQLite
ROWS = "(the rows)"
ESCAPES = {"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"}  # of COPY, the backslash first


def is_constant(values: Sequence[Any]) -> bool:
    """Whether all values are equal."""
    return values.count(values[0]) == len(values)


def bind(dialect: Dialect, target: Table, columns: ColumnValues) -> dict[str, Sequence[Any]]:
    """The values as the database's driver takes them; this needs no connection yet."""
    return {name: _bound(dialect, target.c[name], values) for name, values in columns.items()}


def _bound(dialect: Dialect, target: Column[Any], values: Sequence[Any]) -> Sequence[Any]:
    convert = target.type.dialect_impl(dialect).bind_processor(dialect)
    if convert is None:
        return values
    if isinstance(target.type, JSON):
        return [convert(value) for value in values]
    return each(convert, values)


def each(convert: Callable[[Any], Any], values: Sequence[Any]) -> list[Any]:
    """Every value converted; equal ones once, as most columns hold few different values."""
    if is_constant(values):
        return [convert(values[0])] * len(values)
    known = {value: convert(value) for value in set(values)}
    return [known[value] for value in values]


def insert_many(connection: Connection, target: Table, bound: ColumnValues) -> None:
    """Inserts the rows of `bind`, leaving out the columns of which no row has a value."""
    given = {n: v for n, v in bound.items() if v[0] is not None or not is_constant(v)}
    shared = {n: v[0] for n, v in list(given.items())[1:] if is_constant(v)}
    sent = {n: v for n, v in given.items() if n not in shared}
    if connection.dialect.name == "postgresql":
        _copy(connection, target, sent, shared)
    else:
        _write_pages(connection, _insert, target, sent, shared)


def _insert(target: Table, values: Values) -> Insert:
    source = select(*values.values())
    return insert(target).from_select(list(values), source, include_defaults=False)


def _copy(
    connection: Connection, target: Table, sent: ColumnValues, shared: Mapping[str, Any]
) -> None:
    start = "".join(f"{_copied(value)}\t" for value in shared.values())
    lines = zip(*(map(_copied, values) for values in sent.values()), strict=True)
    rows = start + f"\n{start}".join(map("\t".join, lines))
    statement = f"COPY {target.name} ({', '.join([*shared, *sent])}) FROM STDIN"
    connection.exec_driver_sql(statement, execution_options={COPIED: rows})


def update_many(connection: Connection, target: Table, bound: ColumnValues) -> int:
    """Updates the rows of `bind` that still have their id and version; returns how many.

    The columns are the id, the version as it was read, which goes up by one, and those to set;
    none of them holds JSON.
    """
    if connection.dialect.name == "postgresql":
        lines = [dict(zip(bound, line, strict=True)) for line in zip(*bound.values(), strict=True)]
        document = cast(literal(orjson.dumps(lines, str).decode(), Text), JSON)
        columns = [column(name, target.c[name].type) for name in bound]
        given = func.json_to_recordset(document).table_valued(*columns)
        given = given.render_derived(name="given", with_types=True)
        return connection.execute(_update(target, dict(given.c))).rowcount
    return _write_pages(connection, _update, target, bound)


def _update(target: Table, values: Values) -> Update:
    new = dict(values)
    is_same = [target.c[name] == new.pop(name) for name in ("id", "version")]
    raised = {"version": target.c.version + literal_column("1")}
    return update(target).where(*is_same).values(new | raised)


def _copied(value: Any) -> str:
    """A value in the text that COPY reads."""
    if value is None:
        return r"\N"
    if not isinstance(value, str):
        return str(value)
    for character, escaped in ESCAPES.items():
        if character in value:  # which is quicker to find out than to replace nothing
            value = value.replace(character, escaped)
    return value


def _write_pages(
    connection: Connection,
    make: Callable[[Table, Values], Insert | Update],
    target: Table,
    sent: ColumnValues,
    shared: Mapping[str, Any] = MappingProxyType({}),
) -> int:
    """Runs the statement that `make` gives, for all rows; returns how many it found."""
    statement = _with_values(connection.dialect, make, target, tuple(sent), tuple(shared))
    line = f"({', '.join('?' * len(sent))})"
    lines = list(zip(*sent.values(), strict=True))
    size = (MOST_PARAMETERS - len(shared)) // len(sent)
    found = 0
    for start in range(0, len(lines), size):
        page = lines[start : start + size]
        whole = statement.replace(ROWS, ", ".join([line] * len(page)))
        parameters = (*shared.values(), *chain.from_iterable(page))
        found += connection.exec_driver_sql(whole, parameters).rowcount
    return found


@lru_cache(256)
def _with_values(
    dialect: Dialect,
    make: Callable[[Table, Values], Insert | Update],
    target: Table,
    sent: Sequence[str],
    shared: Sequence[str],
) -> str:
    """SQLite's text of a statement, with ROWS in it; what is shared must stand before these."""
    names = (f"column{number}" for number in range(1, len(sent) + 1))  # as SQLite calls them
    kinds = (target.c[name].type for name in sent)
    given = text(f"VALUES {ROWS}").columns(*map(column, names, kinds)).subquery("given")
    values = dict.fromkeys(shared, literal_column("?")) | dict(zip(sent, given.c, strict=True))
    return str(make(target, values).compile(dialect=dialect))
