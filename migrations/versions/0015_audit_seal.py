"""The chain that seals the audit trail; the database refuses to change it, too."""

import sqlalchemy as sa
from alembic import op

from ddl import moment
from losses import refuse_loss

revision = "0015_audit_seal"
down_revision = "0014_sign_in"
branch_labels = None
depends_on = None

REFUSAL = "The audit trail cannot be changed."


def upgrade() -> None:
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "audit_seal",
        sa.Column("position", big, primary_key=True, autoincrement=False),
        sa.Column("entry_id", big, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("sealed_at", moment(), nullable=False),
        sa.UniqueConstraint("entry_id", name=op.f("uq_audit_seal_entry_id")),
    )
    _guard_on_sqlite() if op.get_bind().dialect.name == "sqlite" else _guard_on_postgresql()


def _guard_on_sqlite() -> None:
    for action in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER audit_seal_no_{action.lower()} BEFORE {action} ON audit_seal "
            f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        )


def _guard_on_postgresql() -> None:
    """With the function that revision 0007 made for the entries."""
    op.execute(
        "CREATE TRIGGER audit_seal_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_seal "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()"
    )


def downgrade() -> None:
    refuse_loss(revision, {"audit_seal": ""})
    op.drop_table("audit_seal")
