"""Which part of the audit trail stands in which file; the record of it cannot be changed either."""

import sqlalchemy as sa
from alembic import op

from ddl import moment
from losses import refuse_loss

revision = "0016_audit_archive"
down_revision = "0015_audit_seal"
branch_labels = None
depends_on = None

REFUSAL = "The audit trail cannot be changed."


def upgrade() -> None:
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "audit_archive",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("file_name", sa.String(255), nullable=False, unique=True),
        sa.Column("first_position", big, nullable=False),
        sa.Column("last_position", big, nullable=False),
        sa.Column("last_entry_id", big, nullable=False),
        sa.Column("previous_hash", sa.String(64), nullable=False),
        sa.Column("head", sa.String(64), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("until", moment(), nullable=False),
        sa.Column("archived_at", moment(), nullable=False),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE TRIGGER audit_archive_no_change BEFORE UPDATE OR DELETE OR TRUNCATE "
            "ON audit_archive FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()"
        )
        return
    for action in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER audit_archive_no_{action.lower()} BEFORE {action} ON audit_archive "
            f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        )


def downgrade() -> None:
    refuse_loss(revision, {"audit_archive": ""})
    op.drop_table("audit_archive")
