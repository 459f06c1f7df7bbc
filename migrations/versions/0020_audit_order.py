"""Finds the entries of a moment without reading the trail."""

from alembic import op

revision = "0020_audit_order"
down_revision = "0019_root_of_ppa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_audit_entry_at_id", "audit_entry", ["at", "id"])


def downgrade() -> None:
    op.drop_index("ix_audit_entry_at_id", "audit_entry")
