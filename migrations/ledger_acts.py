"""What the entries of `0043_ledger` stand under: acts and their lines, quarters, movements."""

import sqlalchemy as sa
from alembic import op

from ddl import constraints, flag, moment, one_of, text_column


def create_acts() -> None:
    op.create_table(
        "act",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("number", sa.String(40), nullable=False),
        sa.Column("code_key", sa.String(255), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("effectivity", sa.Date(), nullable=False),
        sa.Column("last_day_first", sa.Date(), nullable=False),
        sa.Column("last_day_other", sa.Date(), nullable=False),
        text_column("remarks"),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.UniqueConstraint("number"),
        *constraints(
            "act",
            [
                one_of("kind", "regular", "supplemental"),
                ("first_after_effectivity", "last_day_first >= effectivity"),
                ("other_after_effectivity", "last_day_other >= effectivity"),
            ],
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_act_code_key", "act", ["code_key"], unique=True)
    op.create_index("ix_act_fiscal_year", "act", ["fiscal_year"])
    op.create_table(
        "act_extension",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("act_id", sa.Integer(), sa.ForeignKey("act.id"), nullable=False),
        sa.Column("made_by_act", sa.String(40), nullable=False),
        sa.Column("cost_structure", sa.String(32)),
        sa.Column("appropriation_class", sa.String(32)),
        sa.Column("last_day", sa.Date(), nullable=False),
        *constraints(
            "act_extension",
            [
                one_of("cost_structure", "gas", "sto", "ops", "spf"),
                one_of("appropriation_class", "ps", "mooe", "finex", "co"),
                ("names_its_act", "made_by_act <> ''"),
            ],
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_act_extension_act_id", "act_extension", ["act_id"])
    op.create_table(
        "budget_line",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("act_id", sa.Integer(), sa.ForeignKey("act.id"), nullable=False),
        sa.Column("organization_id", sa.Integer(), sa.ForeignKey("organization.id")),
        sa.Column("cost_structure", sa.String(32), nullable=False),
        sa.Column("title", sa.String(255), nullable=False),
        sa.Column("title_key", sa.String(255), nullable=False),
        text_column("search_text"),
        text_column("uacs_code", 40),
        flag("for_later_release"),
        sa.Column("validity", sa.String(32), server_default="by_act", nullable=False),
        sa.Column("last_day", sa.Date()),
        sa.Column("ppa_id", sa.Integer(), sa.ForeignKey("ppa.id")),
        text_column("remarks"),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        *constraints(
            "budget_line",
            [
                one_of("cost_structure", "gas", "sto", "ops", "spf"),
                one_of("validity", "by_act", "own_day", "unlimited"),
                ("own_day_has_last_day", "(validity = 'own_day') = (last_day IS NOT NULL)"),
            ],
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_budget_line_act_id", "budget_line", ["act_id"])
    op.create_index("ix_budget_line_organization_id", "budget_line", ["organization_id"])
    op.create_index("ix_budget_line_ppa_id", "budget_line", ["ppa_id"])
    op.create_index(
        "uq_budget_line_of_none",
        "budget_line",
        ["act_id", "cost_structure", "title_key"],
        unique=True,
        sqlite_where=sa.text("organization_id IS NULL"),
        postgresql_where=sa.text("organization_id IS NULL"),
    )
    op.create_index(
        "uq_budget_line_of_office",
        "budget_line",
        ["organization_id", "act_id", "cost_structure", "title_key"],
        unique=True,
    )


def create_quarters() -> None:
    op.create_table(
        "ledger_period",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("closed_through", sa.Date()),
        *constraints(
            "ledger_period",
            [
                ("one_row", "id = 1"),
            ],
        ),
    )
    op.create_table(
        "quarter_closing",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("quarter", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(32), nullable=False),
        text_column("reason"),
        sa.Column("done_by_id", sa.Integer(), sa.ForeignKey("user_account.id")),
        sa.Column("done_at", moment(), nullable=False),
        *constraints(
            "quarter_closing",
            [
                one_of("action", "close", "reopen"),
                ("reopening_has_reason", "action <> 'reopen' OR reason <> ''"),
                ("quarter_of_the_year", "quarter BETWEEN 1 AND 4"),
            ],
        ),
        sqlite_autoincrement=True,
    )


def create_movements() -> None:
    op.create_table(
        "fund_movement",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("reference", sa.String(64), nullable=False),
        text_column("ground", 255),
        text_column("remarks"),
        sa.Column("posted_by_id", sa.Integer(), sa.ForeignKey("user_account.id")),
        sa.Column("posted_at", moment(), nullable=False),
        *constraints(
            "fund_movement",
            [
                one_of("kind", "modification", "augmentation", "transfer"),
                ("augmentation_has_ground", "kind <> 'augmentation' OR ground <> ''"),
            ],
        ),
        sqlite_autoincrement=True,
    )
