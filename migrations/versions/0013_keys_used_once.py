"""On SQLite a deleted record's number is never given to another one, as it never is on PostgreSQL.

The audit trail and the distributions name records by number, also those that are gone.
"""

import re
from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

revision = "0013_keys_used_once"
down_revision = "0012_import_preview"
branch_labels = None
depends_on = None

TABLES = ("ppa", "ppa_milestone", "work_item", "organization", "structure_template")


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in TABLES:
            _recreate(table, _with_autoincrement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in TABLES:
            _recreate(table, _without_autoincrement)


def _with_autoincrement(table: str, definition: str) -> str:
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


def _without_autoincrement(table: str, definition: str) -> str:
    plain = definition.replace(" PRIMARY KEY AUTOINCREMENT", "", 1).rstrip()
    return f"{plain.removesuffix(')').rstrip()},\n CONSTRAINT pk_{table} PRIMARY KEY (id)\n)"


def _recreate(table: str, change: Callable[[str, str], str]) -> None:
    """A new table from the old one's own definition, since a batch cannot copy computed columns."""
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
