"""What was spent on work items, with the receipts."""

import sqlalchemy as sa
from alembic import op

from ddl import constraints, moment, money, text_column
from losses import refuse_loss

revision = "0005_expenditures"
down_revision = "0004_budget_and_rollup"
branch_labels = None
depends_on = None

CHECKS = [
    ("amount_positive", "amount > 0"),
    ("void_has_reason", "(voided_at IS NULL) = (void_reason IS NULL)"),
]


def upgrade() -> None:
    op.create_table(
        "receipt",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("filename", sa.String(255), nullable=False),
        sa.Column("content_type", sa.String(64), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "expenditure",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column(
            "work_item_id", sa.Integer(), sa.ForeignKey("work_item.id"), nullable=False, index=True
        ),
        sa.Column("spent_on", sa.Date(), nullable=False),
        sa.Column("amount", money(), nullable=False),
        sa.Column("description", sa.String(255), nullable=False),
        text_column("payee", 255),
        text_column("reference_number", 64),
        sa.Column("receipt_id", sa.Integer(), sa.ForeignKey("receipt.id"), unique=True),
        sa.Column("posted_by_id", sa.Integer(), sa.ForeignKey("user_account.id")),
        sa.Column("posted_at", moment(), nullable=False),
        sa.Column("voided_by_id", sa.Integer(), sa.ForeignKey("user_account.id")),
        sa.Column("voided_at", moment()),
        sa.Column("void_reason", sa.String(255)),
        *constraints("expenditure", CHECKS),
    )


def downgrade() -> None:
    refuse_loss(revision, {"expenditure": "", "receipt": ""})
    op.drop_table("expenditure")
    op.drop_table("receipt")
