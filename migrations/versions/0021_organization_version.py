"""Organizations have a version, as all records have that people change."""

import sqlalchemy as sa
from alembic import op

from losses import refuse_loss

revision = "0021_organization_version"
down_revision = "0020_audit_order"
branch_labels = None
depends_on = None


def upgrade() -> None:
    version = sa.Column("version", sa.Integer(), server_default="1", nullable=False)
    op.add_column("organization", version)


def downgrade() -> None:
    refuse_loss(revision, {"organization": "version > 1"})
    op.drop_column("organization", "version")
