"""How lists are to be read: the answers to an upload, and what a ministry confirmed."""

import sqlalchemy as sa
from alembic import op

from ddl import changing, moment
from losses import refuse_loss

revision = "0042_readings"
down_revision = "0041_alerts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with changing("import_upload") as batch:
        batch.add_column(sa.Column("answers", sa.JSON(), nullable=False, server_default="{}"))
        batch.add_column(sa.Column("remembered_at", moment()))
    op.create_table(
        "confirmed_reading",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column(
            "organization_id", sa.Integer(), sa.ForeignKey("organization.id"), nullable=False
        ),
        sa.Column("headings", sa.String(64), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column(
            "confirmed_by_id",
            sa.Integer(),
            sa.ForeignKey("user_account.id"),
            nullable=False,
            index=True,
        ),
        sa.Column("confirmed_at", moment(), nullable=False),
        sa.UniqueConstraint("organization_id", "headings"),
        sqlite_autoincrement=True,
    )
    # An upload that was read before is read once more: what is kept of one has changed.
    op.execute("UPDATE import_upload SET state = 'waiting', attempts = 0, parsed = NULL")


def downgrade() -> None:
    refuse_loss(revision, {"confirmed_reading": ""})
    op.drop_table("confirmed_reading")
    with changing("import_upload") as batch:
        batch.drop_column("remembered_at")
        batch.drop_column("answers")
