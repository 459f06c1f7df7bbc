"""The audit trail, which the database itself refuses to change."""

import sqlalchemy as sa
from alembic import op

from ddl import constraints, moment, one_of
from losses import refuse_loss

revision = "0007_audit_trail"
down_revision = "0006_distribution_and_templates"
branch_labels = None
depends_on = None

ACTION = one_of("action", "insert", "update", "delete")
REFUSAL = "The audit trail cannot be changed."


def upgrade() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),
        sa.Column("at", moment(), nullable=False),
        sa.Column("table_name", sa.String(64), nullable=False),
        sa.Column("row_key", sa.String(64), nullable=False),
        sa.Column("action", sa.String(32), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("actor_id", sa.Integer()),
        sa.Column("actor_name", sa.String(255), nullable=False),
        sa.Column("ip_address", sa.String(45)),
        sa.Column("request_id", sa.String(64)),
        *constraints("audit_entry", [ACTION]),
    )
    op.create_index(
        "ix_audit_entry_table_name_row_key", "audit_entry", ["table_name", "row_key", "id"]
    )
    _guard_on_sqlite() if op.get_bind().dialect.name == "sqlite" else _guard_on_postgresql()


def _guard_on_sqlite() -> None:
    for action in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER audit_entry_no_{action.lower()} BEFORE {action} ON audit_entry "
            f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        )


def _guard_on_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_entry_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()"
    )


def downgrade() -> None:
    refuse_loss(revision, {"audit_entry": ""})
    op.drop_table("audit_entry")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_audit_change()")
