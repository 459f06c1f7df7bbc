"""What the revisions share: column types, choice checks, and changing a table on both databases."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

Check = tuple[str, str]  # (name without its prefix, condition)


def money() -> sa.types.TypeEngine[object]:
    """NUMERIC(18,2); whole centavos on SQLite, which has no exact decimals."""
    return sa.Numeric(18, 2).with_variant(sa.BigInteger(), "sqlite")


def moment() -> sa.DateTime:
    return sa.DateTime(timezone=True)


def text_column(name: str, length: int | None = None) -> sa.Column[str]:
    """Text that is empty rather than missing."""
    kind = sa.String(length) if length else sa.Text()
    return sa.Column(name, kind, nullable=False, server_default="")


def flag(name: str, default: str = "0") -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.text(_boolean(default)))


def _boolean(default: str) -> str:
    if op.get_bind().dialect.name == "sqlite":
        return default
    return "true" if default == "1" else "false"


def one_of(column: str, *values: str) -> Check:
    """The check of a choice list."""
    return column, f"{column} IN ({', '.join(repr(value) for value in values)})"


def constraints(table: str, checks: Sequence[Check]) -> list[sa.CheckConstraint]:
    return [sa.CheckConstraint(text, name=op.f(f"ck_{table}_{name}")) for name, text in checks]


@contextmanager
def changing(table: str) -> Iterator[BatchOperations]:
    """Changes a table; SQLite makes a new one for it and copies the rows."""
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    kwargs = {"sqlite_autoincrement": on_sqlite and _keys_used_once(table)}
    recreate = "always" if on_sqlite else "never"
    with op.batch_alter_table(table, recreate=recreate, table_kwargs=kwargs) as batch:
        yield batch


def _keys_used_once(table: str) -> bool:
    """Whether the table's numbers are never given twice; a batch would forget it."""
    query = sa.text("SELECT sql LIKE '%AUTOINCREMENT%' FROM sqlite_master WHERE name = :table")
    return bool(op.get_bind().scalar(query, {"table": table}))


def add_checks(batch: BatchOperations, table: str, checks: Sequence[Check]) -> None:
    for name, text in checks:
        batch.create_check_constraint(op.f(f"ck_{table}_{name}"), text)


def drop_checks(batch: BatchOperations, table: str, checks: Sequence[Check]) -> None:
    for name, _ in checks:
        batch.drop_constraint(op.f(f"ck_{table}_{name}"), type_="check")


def recreate(table: str, change: Callable[[str, str], str]) -> None:
    """SQLite makes a new table from the old one's own definition, changed by `change(table, text)`.

    A batch cannot copy computed columns.
    """
    connection = op.get_bind()
    query = sa.text("SELECT type, sql FROM sqlite_master WHERE tbl_name = :table AND sql NOTNULL")
    parts = connection.execute(query, {"table": table}).all()
    definition = next(sql for kind, sql in parts if kind == "table")
    body = change(table, definition[definition.index("(") :])
    stored = connection.execute(sa.text(f"SELECT name FROM pragma_table_info('{table}')"))
    names = ", ".join(stored.scalars())  # computed columns are not in this list
    op.execute(sa.text(f"CREATE TABLE new_{table} {body}".replace(":", r"\:")))
    op.execute(f"INSERT INTO new_{table} ({names}) SELECT {names} FROM {table}")
    op.drop_table(table)
    op.rename_table(f"new_{table}", table)
    for kind, sql in parts:
        if kind != "table":
            op.execute(sql)


def with_autoincrement(table: str, definition: str) -> str:
    """For `recreate`: SQLite then never gives a deleted row's number to another one."""
    key = rf",\s*CONSTRAINT pk_{table} PRIMARY KEY \(id\)"
    without_key, found = re.subn(key, "", definition)
    new, replaced = re.subn(
        r"\bid INTEGER NOT NULL",
        "id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT",
        without_key,
        count=1,
    )
    assert (found, replaced) == (1, 1), table
    return new
