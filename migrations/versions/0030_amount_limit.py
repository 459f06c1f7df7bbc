"""Amounts stay below a trillion pesos, so that their sum fits in 64 bits of centavos."""

import sqlalchemy as sa
from alembic import op

from ddl import money

revision = "0030_amount_limit"
down_revision = "0029_roots_follow"
branch_labels = None
depends_on = None

LIMIT = 10**12  # pesos
COLUMNS = {
    "ppa": ("budget_ceiling", "budget_allocation", "obc_share"),
    "work_item": ("allocated_budget", "spent_total"),
    "expenditure": ("amount",),
}


def upgrade() -> None:
    """Refuses while an amount, or what was spent on an item with all below it, is larger."""
    columns = ((table, name) for table, names in COLUMNS.items() for name in names)
    found = [line for column in columns for line in _at(*column)]
    if found:
        raise RuntimeError(
            f"These amounts are ₱{LIMIT:,} or more. Lower each where it was entered (void an "
            "expenditure), by the older version, then upgrade again:\n" + "\n".join(found)
        )


def _at(table: str, name: str) -> list[str]:
    bind = op.get_bind()
    one = 100 if bind.dialect.name == "sqlite" else 1  # centavos there
    columns = sa.table(table, sa.column("id"), sa.column(name, money()))
    query = sa.select(columns).where(columns.c[name] >= LIMIT * one).order_by(columns.c.id)
    if table == "expenditure":
        query = query.where(sa.text("voided_at IS NULL"))
    return [f"  {table} {key}, {name}: ₱{amount / one:,.0f}" for key, amount in bind.execute(query)]


def downgrade() -> None:
    """A smaller amount is one in the older form, too."""
