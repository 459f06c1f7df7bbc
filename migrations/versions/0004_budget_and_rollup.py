"""Budgets on work items, the figures that roll up, and a tree that stays within its PPA."""

import sqlalchemy as sa
from alembic import op

from ddl import (
    add_checks,
    changing,
    drop_checks,
    flag,
    moment,
    money,
    one_of,
    text_column,
)
from losses import refuse_loss

revision = "0004_budget_and_rollup"
down_revision = "0003_work_item_references"
branch_labels = None
depends_on = None

PPA_ADDED = [
    one_of("delivery_flag", "at_risk", "blocked"),
    ("over_distributed_positive", "over_distributed >= 0"),
]
ITEM_ADDED = [
    ("allocated_budget_positive", "allocated_budget >= 0"),
    ("budget_share_range", "budget_share BETWEEN 0 AND 100"),
]


LOST_OF_PPA = "allocation_note <> '' OR delivery_flag IS NOT NULL OR over_distributed <> 0"
LOST_OF_ITEM = """allocated_budget IS NOT NULL OR budget_notes <> '' OR budget_share IS NOT NULL
    OR completed_at IS NOT NULL OR cancelled_by_hand OR distributed IS NOT NULL
    OR effective_allocation IS NOT NULL OR spent_here <> 0 OR spent_total <> 0"""


def ppa_columns() -> list[sa.Column]:
    return [
        text_column("allocation_note"),
        sa.Column("delivery_flag", sa.String(32)),
        sa.Column("over_distributed", money(), nullable=False, server_default="0"),
    ]


def item_columns() -> list[sa.Column]:
    return [
        sa.Column("allocated_budget", money()),
        text_column("budget_notes"),
        sa.Column("budget_share", sa.Numeric(5, 2)),
        sa.Column("completed_at", moment()),
        flag("cancelled_by_hand"),
        sa.Column("distributed", money()),
        sa.Column("effective_allocation", money()),
        sa.Column("spent_here", money(), nullable=False, server_default="0"),
        sa.Column("spent_total", money(), nullable=False, server_default="0"),
        sa.Column(
            "tree_key",
            sa.Integer(),
            sa.Computed("COALESCE(ppa_id, 0)", persisted=True),
            nullable=False,
        ),
    ]


def upgrade() -> None:
    with changing("ppa") as ppa:
        for column in ppa_columns():
            ppa.add_column(column)
        add_checks(ppa, "ppa", PPA_ADDED)
    with changing("work_item") as item:
        for column in item_columns():
            item.add_column(column)
        add_checks(item, "work_item", ITEM_ADDED)
        item.create_unique_constraint(op.f("uq_work_item_tree_key_id"), ["tree_key", "id"])
        item.create_foreign_key(
            op.f("fk_work_item_parent_same_ppa"),
            "work_item",
            ["parent_id", "tree_key"],
            ["id", "tree_key"],
        )
    op.create_index(
        "ix_work_item_ppa_id_parent_id_position", "work_item", ["ppa_id", "parent_id", "position"]
    )


def downgrade() -> None:
    refuse_loss(revision, {"ppa": LOST_OF_PPA, "work_item": LOST_OF_ITEM})
    op.drop_index("ix_work_item_ppa_id_parent_id_position", "work_item")
    with changing("work_item") as item:
        item.drop_constraint(op.f("fk_work_item_parent_same_ppa"), type_="foreignkey")
        item.drop_constraint(op.f("uq_work_item_tree_key_id"), type_="unique")
        drop_checks(item, "work_item", ITEM_ADDED)
        for column in reversed(item_columns()):
            item.drop_column(column.name)
    with changing("ppa") as ppa:
        drop_checks(ppa, "ppa", PPA_ADDED)
        for column in reversed(ppa_columns()):
            ppa.drop_column(column.name)
