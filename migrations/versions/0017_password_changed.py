"""When a user's password was last changed, so that the audit trail tells it without the hash."""

import sqlalchemy as sa
from alembic import op

from ddl import moment
from losses import refuse_loss

revision = "0017_password_changed"
down_revision = "0016_audit_archive"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("user_account", sa.Column("password_changed_at", moment()))


def downgrade() -> None:
    refuse_loss(revision, {"user_account": "password_changed_at IS NOT NULL"})
    op.drop_column("user_account", "password_changed_at")
