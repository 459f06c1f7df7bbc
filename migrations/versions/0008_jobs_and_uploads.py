"""Runs of scheduled jobs, one a slot, and workbooks waiting between preview and import."""

import sqlalchemy as sa
from alembic import op

from ddl import constraints, moment, one_of
from losses import refuse_loss

revision = "0008_jobs_and_uploads"
down_revision = "0007_audit_trail"
branch_labels = None
depends_on = None

STATE = one_of("state", "queued", "running", "succeeded", "failed")


def upgrade() -> None:
    op.create_table(
        "job_run",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("job", sa.String(64), nullable=False),
        sa.Column("slot", sa.String(64), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("queued_at", moment(), nullable=False),
        sa.Column("started_at", moment()),
        sa.Column("finished_at", moment()),
        sa.Column("retry_at", moment()),
        sa.Column("result", sa.JSON()),
        sa.Column("error", sa.Text()),
        sa.UniqueConstraint("job", "slot"),
        *constraints("job_run", [STATE]),
    )
    op.create_table(
        "import_upload",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column(
            "user_id", sa.Integer(), sa.ForeignKey("user_account.id"), nullable=False, index=True
        ),
        sa.Column("filename", sa.String(255), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("moa_id", sa.Integer(), sa.ForeignKey("organization.id")),
        sa.Column("fiscal_year", sa.Integer()),
        sa.Column("preview", sa.String(64), nullable=False),
        sa.Column("created_at", moment(), nullable=False),
    )


def downgrade() -> None:
    refuse_loss(revision, {"job_run": "", "import_upload": ""})
    op.drop_table("import_upload")
    op.drop_table("job_run")
