"""On SQLite a deleted record's number is never given to another one, as it never is on PostgreSQL.

The audit trail and the distributions name records by number, also those that are gone.
"""

from alembic import op

from ddl import recreate, with_autoincrement

revision = "0013_keys_used_once"
down_revision = "0012_import_preview"
branch_labels = None
depends_on = None

TABLES = ("ppa", "ppa_milestone", "work_item", "organization", "structure_template")


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in TABLES:
            recreate(table, with_autoincrement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in TABLES:
            recreate(table, _without_autoincrement)


def _without_autoincrement(table: str, definition: str) -> str:
    plain = definition.replace(" PRIMARY KEY AUTOINCREMENT", "", 1).rstrip()
    return f"{plain.removesuffix(')').rstrip()},\n CONSTRAINT pk_{table} PRIMARY KEY (id)\n)"
