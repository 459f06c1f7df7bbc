"""Why a PPA is no longer tracked by its work tree."""

from alembic import op

from ddl import changing, text_column
from losses import refuse_loss

revision = "0028_tracking_note"
down_revision = "0027_sessions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("ppa", text_column("tracking_note"))


def downgrade() -> None:
    refuse_loss(revision, {"ppa": "tracking_note <> ''"})
    with changing("ppa") as batch:
        batch.drop_column("tracking_note")
