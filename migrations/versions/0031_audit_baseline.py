"""Enters what is there into the audit trail, where it is not known yet.

The tables stay as they are: `env.py` writes the entries when a database has come to the newest
revision, at which the tables are as the models say.
"""

revision = "0031_audit_baseline"
down_revision = "0030_amount_limit"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing here; see above."""


def downgrade() -> None:
    """The entries stay."""
