"""On SQLite a deleted record's number is never given to another one, as it never is on PostgreSQL.

The audit trail and the distributions name records by number, also those that are gone.
"""

import re

from alembic import op

from ddl import recreate

revision = "0013_keys_used_once"
down_revision = "0012_import_preview"
branch_labels = None
depends_on = None

TABLES = ("ppa", "ppa_milestone", "work_item", "organization", "structure_template")


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in TABLES:
            recreate(table, _with_autoincrement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in TABLES:
            recreate(table, _without_autoincrement)


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
