"""When the preview of an import was made, so that what changed since can be told."""

import sqlalchemy as sa
from alembic import op

from ddl import moment
from losses import refuse_loss

revision = "0012_import_preview"
down_revision = "0011_audit_subject"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("import_upload", sa.Column("previewed_at", moment()))


def downgrade() -> None:
    refuse_loss(revision, {"import_upload": "previewed_at IS NOT NULL"})
    op.drop_column("import_upload", "previewed_at")
