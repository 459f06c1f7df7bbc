"""What people are told: the outbox of mails, which is each user's inbox, and their preferences."""

import sqlalchemy as sa
from alembic import op

from ddl import constraints, moment, one_of, text_column
from losses import refuse_loss

revision = "0035_notifications"
down_revision = "0034_uploads_in_turn"
branch_labels = None
depends_on = None

OUTBOX, PREFERENCES = "notification", "notification_preference"
STATES = ("waiting", "sent", "not_wanted", "given_up")
WAYS = ("at_once", "digest", "inbox")


def upgrade() -> None:
    op.create_table(
        OUTBOX,
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("event", sa.String(120), nullable=False),
        sa.Column("about", sa.String(120), nullable=False),
        sa.Column("threshold", sa.String(120), nullable=False),
        sa.Column("recipient", sa.String(300), nullable=False),
        sa.Column("user_id", sa.Integer(), sa.ForeignKey("user_account.id")),
        text_column("address", 255),
        sa.Column("subject", sa.String(255), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("to_do", sa.Text(), nullable=False),
        sa.Column("due", sa.Date()),
        sa.Column("link", sa.String(500), nullable=False),
        sa.Column("created_at", moment(), nullable=False, index=True),
        sa.Column("read_at", moment()),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("message_id", sa.String(320), nullable=False, index=True),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("refusals", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("next_try_at", moment(), nullable=False),
        sa.Column("sent_at", moment()),
        text_column("problem"),
        sa.UniqueConstraint("event", "about", "recipient", "threshold"),
        *constraints(OUTBOX, [one_of("state", *STATES)]),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_notification_user_id_id", OUTBOX, ["user_id", "id"])
    _index_where("unread", "user_id", "read_at IS NULL")
    _index_where("waiting", "next_try_at", "state = 'waiting'")
    op.create_table(
        PREFERENCES,
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("user_id", sa.Integer(), sa.ForeignKey("user_account.id"), nullable=False),
        sa.Column("event", sa.String(120), nullable=False),
        sa.Column("way", sa.String(32), nullable=False),
        sa.UniqueConstraint("user_id", "event"),
        *constraints(PREFERENCES, [one_of("way", *WAYS)]),
        sqlite_autoincrement=True,
    )


def _index_where(name: str, column: str, condition: str) -> None:
    where = sa.text(condition)
    op.create_index(
        f"ix_{OUTBOX}_{name}", OUTBOX, [column], sqlite_where=where, postgresql_where=where
    )


def downgrade() -> None:
    refuse_loss(revision, {OUTBOX: "", PREFERENCES: ""})
    op.drop_table(PREFERENCES)
    op.drop_table(OUTBOX)
