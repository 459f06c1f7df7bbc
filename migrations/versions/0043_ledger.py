"""The budget ledger: acts, lines, entries and the sums that follow from them."""

import sqlalchemy as sa
from alembic import op

from ddl import (
    add_checks,
    changing,
    constraints,
    drop_checks,
    flag,
    moment,
    money,
    one_of,
    text_column,
)
from ledger_acts import create_acts, create_movements, create_quarters
from losses import refuse_loss

revision = "0043_ledger"
down_revision = "0042_readings"
branch_labels = None
depends_on = None

TABLES = (
    "act",
    "ledger_period",
    "act_extension",
    "fund_movement",
    "quarter_closing",
    "budget_line",
    "fund_balance",
    "fund_total",
    "obligation",
    "fund_entry",
)


KINDS = ("amendment", "cut", "realignment", "cancellation", "resumption")  # of an amendment


def upgrade() -> None:
    _choose_kinds(*KINDS, "movement")
    create_acts()
    create_quarters()
    create_movements()
    _create_balances()
    _create_entries()


def _create_balances() -> None:
    op.create_table(
        "fund_balance",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("line_id", sa.Integer(), sa.ForeignKey("budget_line.id"), nullable=False),
        sa.Column("appropriation_class", sa.String(32), nullable=False),
        sa.Column("fund_cluster", sa.String(32), nullable=False),
        sa.Column("appropriated", money(), server_default="0", nullable=False),
        sa.Column("allotted", money(), server_default="0", nullable=False),
        sa.Column("obligated", money(), server_default="0", nullable=False),
        sa.Column("payable", money(), server_default="0", nullable=False),
        sa.Column("disbursed", money(), server_default="0", nullable=False),
        sa.Column("excess", money(), server_default="0", nullable=False),
        sa.UniqueConstraint("line_id", "appropriation_class", "fund_cluster"),
        *constraints(
            "fund_balance",
            [
                one_of("appropriation_class", "ps", "mooe", "finex", "co"),
                one_of("fund_cluster", "01", "02", "03", "04"),
                ("allotted_within_appropriated", "allotted <= appropriated"),
                ("allotted_not_negative", "allotted >= 0"),
                ("disbursed_within_payable", "disbursed <= payable"),
                ("disbursed_not_negative", "disbursed >= 0"),
                ("excess_not_negative", "excess >= 0"),
                ("obligated_within_allotted", "obligated <= allotted + excess"),
                ("payable_within_obligated", "payable <= obligated"),
            ],
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "fund_total",
        sa.Column(
            "balance_id",
            sa.Integer(),
            sa.ForeignKey("fund_balance.id"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("year", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("quarter", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("appropriations", money(), server_default="0", nullable=False),
        sa.Column("appropriation_adjustments", money(), server_default="0", nullable=False),
        sa.Column("allotments", money(), server_default="0", nullable=False),
        sa.Column("allotment_adjustments", money(), server_default="0", nullable=False),
        sa.Column("transferred_to", money(), server_default="0", nullable=False),
        sa.Column("transferred_from", money(), server_default="0", nullable=False),
        sa.Column("obligations", money(), server_default="0", nullable=False),
        sa.Column("earlier_obligations", money(), server_default="0", nullable=False),
        sa.Column("payables", money(), server_default="0", nullable=False),
        sa.Column("earlier_payables", money(), server_default="0", nullable=False),
        sa.Column("disbursements", money(), server_default="0", nullable=False),
        sa.Column("earlier_disbursements", money(), server_default="0", nullable=False),
        *constraints(
            "fund_total",
            [
                ("quarter_of_the_year", "quarter BETWEEN 1 AND 4"),
            ],
        ),
    )


def _create_entries() -> None:
    op.create_table(
        "obligation",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("balance_id", sa.Integer(), sa.ForeignKey("fund_balance.id"), nullable=False),
        sa.Column("ors_number", sa.String(64), nullable=False),
        sa.Column("number_key", sa.String(255), nullable=False),
        text_column("search_text"),
        sa.Column("payee", sa.String(255), nullable=False),
        sa.Column("payee_key", sa.String(255), nullable=False),
        text_column("purpose"),
        sa.Column("first_posted_on", sa.Date(), nullable=False),
        sa.Column("obligated", money(), server_default="0", nullable=False),
        sa.Column("payable", money(), server_default="0", nullable=False),
        sa.Column("disbursed", money(), server_default="0", nullable=False),
        flag("is_void"),
        *constraints(
            "obligation",
            [
                ("disbursed_within_payable", "disbursed <= payable"),
                ("disbursed_not_negative", "disbursed >= 0"),
                ("payable_within_obligated", "payable <= obligated"),
            ],
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_obligation_number_key", "obligation", ["number_key"])
    op.create_index("ix_obligation_payee_key", "obligation", ["payee_key"])
    op.create_index(
        "uq_obligation_number",
        "obligation",
        ["balance_id", "number_key"],
        unique=True,
        sqlite_where=sa.text("NOT is_void"),
        postgresql_where=sa.text("NOT is_void"),
    )
    op.create_table(
        "fund_entry",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("balance_id", sa.Integer(), sa.ForeignKey("fund_balance.id"), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("posting_date", sa.Date(), nullable=False),
        sa.Column("document_date", sa.Date(), nullable=False),
        sa.Column("amount", money(), nullable=False),
        text_column("reference", 64),
        text_column("payee", 255),
        text_column("payee_key", 255),
        text_column("remarks"),
        text_column("search_text"),
        text_column("uacs_object_code", 20),
        sa.Column("obligation_id", sa.Integer(), sa.ForeignKey("obligation.id")),
        sa.Column("disbursement_id", sa.Integer(), sa.ForeignKey("fund_entry.id")),
        sa.Column("movement_id", sa.Integer(), sa.ForeignKey("fund_movement.id")),
        sa.Column("posted_with_id", sa.Integer(), sa.ForeignKey("fund_entry.id")),
        sa.Column("voids_id", sa.Integer(), sa.ForeignKey("fund_entry.id")),
        text_column("void_reason", 255),
        sa.Column("acceptance_date", sa.Date()),
        text_column("acceptance_number", 64),
        flag("is_final"),
        sa.Column("mode", sa.String(32)),
        flag("to_be_liquidated"),
        text_column("override_reason"),
        flag("is_illustration"),
        sa.Column("posted_by_id", sa.Integer(), sa.ForeignKey("user_account.id")),
        sa.Column("posted_at", moment(), nullable=False),
        sa.UniqueConstraint("voids_id"),
        *constraints(
            "fund_entry",
            [
                one_of(
                    "kind",
                    "appropriation",
                    "appropriation_adjustment",
                    "allotment",
                    "allotment_adjustment",
                    "transfer_to",
                    "transfer_from",
                    "obligation",
                    "obligation_adjustment",
                    "payable",
                    "payable_adjustment",
                    "disbursement",
                    "disbursement_adjustment",
                    "liquidation",
                ),
                one_of("mode", "check", "ada", "tra", "cash_advance"),
                ("void_has_reason", "(voids_id IS NULL) = (void_reason = '')"),
                (
                    "only_adjustments_signed",
                    "amount > 0 OR voids_id IS NOT NULL OR kind IN ('appropriation_adjustment', "
                    "'allotment_adjustment', 'obligation_adjustment', 'payable_adjustment', "
                    "'disbursement_adjustment')",
                ),
                ("amount_not_zero", "amount <> 0"),
                ("document_before_posting", "document_date <= posting_date"),
            ],
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_fund_entry_balance_day", "fund_entry", ["balance_id", "posting_date"])
    op.create_index("ix_fund_entry_day", "fund_entry", ["posting_date", "id"])
    op.create_index("ix_fund_entry_disbursement_id", "fund_entry", ["disbursement_id"])
    op.create_index("ix_fund_entry_movement_id", "fund_entry", ["movement_id"])
    op.create_index("ix_fund_entry_obligation_day", "fund_entry", ["obligation_id", "posting_date"])
    op.create_index("ix_fund_entry_payee_key", "fund_entry", ["payee_key"])
    op.create_index("ix_fund_entry_posted_with_id", "fund_entry", ["posted_with_id"])


def _choose_kinds(*kinds: str) -> None:
    check = [one_of("kind", *kinds)]
    with changing("ppa_amendment") as batch:
        drop_checks(batch, "ppa_amendment", check)
        add_checks(batch, "ppa_amendment", check)


def downgrade() -> None:
    refuse_loss(revision, {"ppa_amendment": "kind = 'movement'", **dict.fromkeys(TABLES, "")})
    op.execute("DELETE FROM ppa_amendment WHERE kind = 'movement'")
    _choose_kinds(*KINDS)
    for table in reversed(TABLES):
        op.drop_table(table)
