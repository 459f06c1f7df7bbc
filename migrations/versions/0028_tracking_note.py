"""Why a PPA is no longer tracked by its work tree."""

import sqlalchemy as sa
from alembic import op

from ddl import changing, text_column

revision = "0028_tracking_note"
down_revision = "0027_sessions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("ppa", text_column("tracking_note"))


def downgrade() -> None:
    """Refuses while there are reasons, which the older revisions have no place for."""
    reasons = op.get_bind().scalar(sa.text("SELECT COUNT(*) FROM ppa WHERE tracking_note <> ''"))
    if reasons:
        raise RuntimeError(
            f"{reasons} reasons why tracking was disabled would be lost. Note them, and enable "
            "tracking of these PPAs, first."
        )
    with changing("ppa") as batch:
        batch.drop_column("tracking_note")
