"""The approval of a PPA step by step, and changes after it."""

import sqlalchemy as sa
from alembic import op

from ddl import add_checks, changing, constraints, drop_checks, moment, one_of, text_column
from losses import refuse_loss

revision = "0010_approval"
down_revision = "0009_reference_data"
branch_labels = None
depends_on = None

STATUSES = (
    "draft",
    "technical_review",
    "budget_review",
    "stakeholder_consultation",
    "executive_approval",
    "approved",
    "enacted",
    "rejected",
)
ACTION = one_of(
    "action", "submit", "endorse", "certify", "approve", "enact", "return", "reject", "reopen"
)
KIND = one_of("kind", "amendment", "cut", "realignment")
HAS_PROJECT = "NOT enable_workitem_tracking OR execution_project_id IS NOT NULL"
# A tracked draft may get its project when it is submitted.
TRACKED = ("tracked_has_project", f"{HAS_PROJECT} OR approval_status = 'draft'")
TRACKED_BEFORE = ("tracked_has_project", HAS_PROJECT)


WANTED_ONLY = "enable_workitem_tracking AND execution_project_id IS NULL"


def upgrade() -> None:
    op.create_table(
        "approval_step",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("ppa_id", sa.Integer(), sa.ForeignKey("ppa.id"), nullable=False, index=True),
        sa.Column("action", sa.String(32), nullable=False),
        sa.Column("from_status", sa.String(32), nullable=False),
        sa.Column("to_status", sa.String(32), nullable=False),
        sa.Column("taken_by_id", sa.Integer(), sa.ForeignKey("user_account.id")),
        sa.Column("taken_by_name", sa.String(255), nullable=False),
        sa.Column("taken_at", moment(), nullable=False),
        text_column("comment"),
        *constraints(
            "approval_step",
            [ACTION, one_of("from_status", *STATUSES), one_of("to_status", *STATUSES)],
        ),
    )
    op.create_table(
        "ppa_amendment",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("ppa_id", sa.Integer(), sa.ForeignKey("ppa.id"), nullable=False, index=True),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("counterpart_id", sa.Integer(), sa.ForeignKey("ppa.id")),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), sa.ForeignKey("user_account.id")),
        sa.Column("made_at", moment(), nullable=False),
        *constraints("ppa_amendment", [KIND, ("has_reason", "reason <> ''")]),
    )
    _replace_check(TRACKED)


def downgrade() -> None:
    refuse_loss(revision, {"approval_step": "", "ppa_amendment": "", "ppa": WANTED_ONLY})
    op.execute(f"UPDATE ppa SET enable_workitem_tracking = false WHERE {WANTED_ONLY}")
    _replace_check(TRACKED_BEFORE)
    op.drop_table("ppa_amendment")
    op.drop_table("approval_step")


def _replace_check(check: tuple[str, str]) -> None:
    with changing("ppa") as ppa:
        drop_checks(ppa, "ppa", [check])
        add_checks(ppa, "ppa", [check])
