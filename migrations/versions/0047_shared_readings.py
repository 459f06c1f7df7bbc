"""What was confirmed about lists that no ministry sends, such as an act's table."""

import sqlalchemy as sa
from alembic import op

from ddl import changing
from losses import refuse_loss

revision = "0047_shared_readings"
down_revision = "0046_imports"
branch_labels = None
depends_on = None

OF_NONE = "uq_confirmed_reading_of_none"


def upgrade() -> None:
    _set_nullable(True)
    condition = sa.text("organization_id IS NULL")
    op.create_index(
        OF_NONE,
        "confirmed_reading",
        ["import_name", "headings"],
        unique=True,
        sqlite_where=condition,
        postgresql_where=condition,
    )


def downgrade() -> None:
    refuse_loss(revision, {"confirmed_reading": "organization_id IS NULL"})
    op.drop_index(OF_NONE, "confirmed_reading")
    op.execute("DELETE FROM confirmed_reading WHERE organization_id IS NULL")
    _set_nullable(False)


def _set_nullable(nullable: bool) -> None:
    with changing("confirmed_reading") as batch:
        batch.alter_column("organization_id", existing_type=sa.Integer(), nullable=nullable)
