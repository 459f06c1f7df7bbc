"""SQLite refuses to replace what stands in the audit trail, its seals and its archives.

INSERT OR REPLACE removes the row that is in its way without a word to the trigger on DELETE.
PostgreSQL knows no such statement, and its triggers refuse an upsert as an UPDATE.
"""

from alembic import op

revision = "0023_audit_not_replaced"
down_revision = "0022_slots_with_verdicts"
branch_labels = None
depends_on = None

REFUSAL = "The audit trail cannot be changed."
# What no two rows of a table have in common. A row without an id has -1 before it is inserted.
UNIQUE = {
    "audit_entry": ("id",),
    "audit_seal": ("position", "entry_id"),
    "audit_archive": ("id", "file_name"),
}


def upgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    for table, columns in UNIQUE.items():
        same = " OR ".join(
            f"EXISTS (SELECT 1 FROM {table} WHERE {column} = NEW.{column} AND NEW.{column} > 0)"
            for column in columns
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN {same} "
            f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in UNIQUE:
            op.execute(f"DROP TRIGGER {table}_no_replace")
