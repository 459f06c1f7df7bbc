"""Which adjustments of a line are part of a cut of the PPA that it funds."""

from alembic import op

from ddl import flag
from losses import refuse_loss

revision = "0048_cut_entries"
down_revision = "0047_shared_readings"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("fund_entry", flag("is_cut"))


def downgrade() -> None:
    refuse_loss(revision, {"fund_entry": "is_cut"})
    op.drop_column("fund_entry", "is_cut")
