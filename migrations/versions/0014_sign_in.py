"""Sessions that end with a stamp, counted attempts, and a second factor that a role may need."""

import secrets

import sqlalchemy as sa
from alembic import op

from ddl import changing, constraints, moment, one_of
from losses import refuse_loss

revision = "0014_sign_in"
down_revision = "0013_keys_used_once"
branch_labels = None
depends_on = None

USER = sa.table("user_account", sa.column("id", sa.Integer), sa.column("stamp", sa.String))
ROLES = (
    "administrator",
    "moa_staff",
    "moa_head",
    "mfbm_analyst",
    "bpda_planner",
    "oobc_staff",
    "executive",
    "coa_auditor",
    "viewer",
)


LOST = {
    "second_factor": "",
    "recovery_code": "",
    "second_factor_demand": "",
    "user_account": "",  # their stamps and versions
}


def upgrade() -> None:
    with changing("user_account") as user:
        user.add_column(sa.Column("stamp", sa.String(32)))
        user.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    _stamp_users()
    with changing("user_account") as user:
        user.alter_column("stamp", existing_type=sa.String(32), nullable=False)
    _count_attempts()
    _add_second_factor()


def _stamp_users() -> None:
    """Each user gets a stamp of their own; one for all would let one session open another."""
    bind = op.get_bind()
    for user_id in bind.scalars(sa.select(USER.c.id)).all():
        stamp = secrets.token_hex(16)
        bind.execute(USER.update().where(USER.c.id == user_id).values(stamp=stamp))


def _count_attempts() -> None:
    op.create_table(
        "sign_in_attempt",
        sa.Column("username", sa.String(64), primary_key=True),
        sa.Column("address", sa.String(64), primary_key=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_failure_at", moment(), nullable=False, index=True),
        sa.Column("locked_until", moment()),
    )


def _add_second_factor() -> None:
    op.create_table(
        "second_factor",
        sa.Column("user_id", sa.Integer(), sa.ForeignKey("user_account.id"), primary_key=True),
        sa.Column("secret", sa.String(64), nullable=False),
        sa.Column("last_step", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("turned_on_at", moment(), nullable=False),
    )
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column(
            "user_id", sa.Integer(), sa.ForeignKey("user_account.id"), nullable=False, index=True
        ),
        sa.Column("code_hash", sa.String(64), nullable=False),
    )
    op.create_table(
        "second_factor_demand",
        sa.Column("role", sa.String(32), primary_key=True),
        *constraints("second_factor_demand", [one_of("role", *ROLES)]),
    )


def downgrade() -> None:
    refuse_loss(revision, LOST)
    for table in ("second_factor_demand", "recovery_code", "second_factor", "sign_in_attempt"):
        op.drop_table(table)
    with changing("user_account") as user:
        user.drop_column("version")
        user.drop_column("stamp")
