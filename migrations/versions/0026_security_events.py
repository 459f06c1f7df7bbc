"""Sign-ins, failed ones, refusals and exports, beside the audit trail."""

import sqlalchemy as sa
from alembic import op

from ddl import constraints, moment, one_of
from losses import refuse_loss

revision = "0026_security_events"
down_revision = "0025_user_names"
branch_labels = None
depends_on = None

TABLE = "security_event"
KINDS = (
    "signed_in",
    "token_given",
    "sign_in_failed",
    "code_failed",
    "recovery_code_used",
    "locked",
    "slowed",
    "signed_out",
    "session_ended",
    "refused",
    "exported",
)
REFUSAL = "Security events cannot be changed."


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),
        sa.Column("at", moment(), nullable=False, index=True),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("user_id", sa.Integer()),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("address", sa.String(64), nullable=False),
        sa.Column("what", sa.String(255), nullable=False),
        sa.Column("request_id", sa.String(64), nullable=False),
        *constraints(TABLE, [one_of("kind", *KINDS)]),
        sqlite_autoincrement=True,
    )
    _guard_on_sqlite() if op.get_bind().dialect.name == "sqlite" else _guard_on_postgresql()


def _guard_on_sqlite() -> None:
    for action in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {TABLE}_no_{action.lower()} BEFORE {action} ON {TABLE} "
            f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        )
    op.execute(  # INSERT OR REPLACE deletes without asking the trigger above
        f"CREATE TRIGGER {TABLE}_no_replace BEFORE INSERT ON {TABLE} "
        f"WHEN EXISTS (SELECT 1 FROM {TABLE} WHERE id = NEW.id) "
        f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    )


def _guard_on_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION refuse_event_change() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {TABLE}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {TABLE} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_event_change()"
    )


def downgrade() -> None:
    refuse_loss(revision, {TABLE: ""})
    op.drop_table(TABLE)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_event_change()")
