"""Where the system stood before PPAs and work items were joined.

A work item points at its related record by a kind and a number, which no database can check.
"""

import sqlalchemy as sa
from alembic import context, op

from baseline_checks import PPA_CHECKS, USER_CHECKS, WORK_ITEM_CHECKS
from ddl import constraints, flag, moment, money, text_column
from losses import none_of, refuse_loss

revision = "0001_baseline"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    "work_item_assignee",
    "work_item",
    "ppa_milestone",
    "ppa_supporting_organization",
    "ppa",
    "policy_recommendation",
    "assessment",
    "user_account",
    "organization",
)
# In which later revisions keep what this one cannot hold.
KEPT = ("kept_ppa_tracking", "generic_work_item_reference", "extra_work_item_reference")


def upgrade() -> None:
    _create_people()
    _create_related_records()
    _create_ppas()
    _create_work_items()


def _create_people() -> None:
    op.create_table(
        "organization",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("acronym", sa.String(16), nullable=False, unique=True),
        sa.Column("name", sa.String(255), nullable=False),
    )
    op.create_table(
        "user_account",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("username", sa.String(64), nullable=False, unique=True),
        text_column("full_name", 255),
        text_column("email", 255),
        sa.Column("password_hash", sa.String(255), nullable=False),
        sa.Column("role", sa.String(32), nullable=False),
        flag("is_active", "1"),
        sa.Column("organization_id", sa.Integer(), sa.ForeignKey("organization.id"), index=True),
        sa.Column("created_at", moment(), nullable=False),
        sa.Column("updated_at", moment(), nullable=False),
        *constraints("user_account", USER_CHECKS),
    )


def _create_related_records() -> None:
    for table in ("assessment", "policy_recommendation"):
        op.create_table(
            table,
            sa.Column("id", sa.Integer(), primary_key=True),
            sa.Column("title", sa.String(255), nullable=False),
        )


def _create_ppas() -> None:
    op.create_table(
        "ppa",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("code", sa.String(32), nullable=False, unique=True),
        sa.Column("title", sa.String(255), nullable=False),
        text_column("summary"),
        text_column("remarks"),
        sa.Column("category", sa.String(32), nullable=False),
        sa.Column(
            "implementing_moa_id", sa.Integer(), sa.ForeignKey("organization.id"), index=True
        ),
        sa.Column("sector", sa.String(32)),
        sa.Column("fiscal_year", sa.Integer(), nullable=False, index=True),
        sa.Column("appropriation_year", sa.Integer()),
        sa.Column("appropriation_class", sa.String(32)),
        sa.Column("funding_source", sa.String(32)),
        text_column("funding_source_other", 255),
        text_column("plan_reference", 255),
        text_column("moral_governance_pillar", 255),
        flag("supports_gender"),
        flag("supports_climate"),
        flag("supports_indigenous_peoples"),
        flag("supports_peace_agenda"),
        flag("supports_sdg"),
        sa.Column("budget_ceiling", money()),
        sa.Column("budget_allocation", money()),
        sa.Column("obc_share", money()),
        sa.Column("total_slots", sa.Integer()),
        sa.Column("obc_slots", sa.Integer()),
        sa.Column("start_date", sa.Date()),
        sa.Column("target_end_date", sa.Date()),
        sa.Column("actual_end_date", sa.Date()),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("priority", sa.String(32), nullable=False),
        sa.Column("progress", sa.Numeric(5, 2), nullable=False, server_default="0"),
        sa.Column("approval_status", sa.String(32), nullable=False),
        sa.Column("created_by_id", sa.Integer(), sa.ForeignKey("user_account.id")),
        sa.Column("updated_by_id", sa.Integer(), sa.ForeignKey("user_account.id")),
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("created_at", moment(), nullable=False),
        sa.Column("updated_at", moment(), nullable=False),
        *constraints("ppa", PPA_CHECKS),
    )
    op.create_table(
        "ppa_supporting_organization",
        sa.Column(
            "ppa_id", sa.Integer(), sa.ForeignKey("ppa.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column(
            "organization_id",
            sa.Integer(),
            sa.ForeignKey("organization.id"),
            primary_key=True,
            index=True,
        ),
    )
    op.create_table(
        "ppa_milestone",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column(
            "ppa_id",
            sa.Integer(),
            sa.ForeignKey("ppa.id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        sa.Column("position", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("title", sa.String(255), nullable=False),
        sa.Column("due_date", sa.Date()),
        text_column("notes"),
    )


def _create_work_items() -> None:
    op.create_table(
        "work_item",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("work_type", sa.String(32), nullable=False),
        sa.Column("title", sa.String(255), nullable=False),
        text_column("description"),
        sa.Column("related_kind", sa.String(32)),
        sa.Column("related_id", sa.Integer()),
        sa.Column("parent_id", sa.Integer(), sa.ForeignKey("work_item.id")),
        sa.Column("position", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("priority", sa.String(32), nullable=False),
        sa.Column("start_date", sa.Date()),
        sa.Column("end_date", sa.Date()),
        sa.Column("progress", sa.Numeric(5, 2), nullable=False, server_default="0"),
        flag("auto_calculate_progress", "1"),
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("created_at", moment(), nullable=False),
        sa.Column("updated_at", moment(), nullable=False),
        *constraints("work_item", WORK_ITEM_CHECKS),
    )
    op.create_index("ix_work_item_related", "work_item", ["related_kind", "related_id"])
    op.create_index("ix_work_item_parent_id", "work_item", ["parent_id"])
    op.create_table(
        "work_item_assignee",
        sa.Column(
            "work_item_id",
            sa.Integer(),
            sa.ForeignKey("work_item.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column(
            "user_id",
            sa.Integer(),
            sa.ForeignKey("user_account.id"),
            primary_key=True,
            index=True,
        ),
    )


def downgrade() -> None:
    """The offices that later revisions bring count only where somebody changed them."""
    brought = ("0009_reference_data", "0044_parliament")
    modules = (context.script.get_revision(name).module for name in brought)
    shipped = [one for module in modules for one in module.ORGANIZATIONS]
    own = none_of("acronym || ' ' || name", [" ".join(one) for one in shipped])
    refuse_loss(revision, dict.fromkeys(TABLES, "") | {"organization": own})
    for table in TABLES:
        op.drop_table(table)
    for table in KEPT:
        op.execute(f"DROP TABLE IF EXISTS {table}")
