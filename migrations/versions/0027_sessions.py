"""Sessions as rows, passwords to be changed, secrets encrypted, and a second factor demanded."""

import secrets

import sqlalchemy as sa
from alembic import op

from ddl import changing, constraints, flag, moment, one_of
from losses import refuse_loss
from obcms.kernel.encryption import decrypt, encrypt
from obcms.people.recovery import hashed
from trail import record

revision = "0027_sessions"
down_revision = "0026_security_events"
branch_labels = None
depends_on = None

FACTOR = sa.table("second_factor", sa.column("user_id"), sa.column("secret"))
CODE = sa.table("recovery_code", sa.column("id"), sa.column("user_id"), sa.column("code_hash"))
DEMAND = sa.table("second_factor_demand", sa.column("role"))
DEMANDED = ("administrator", "mfbm_analyst", "executive", "coa_auditor")
ENTRY = sa.table("audit_entry", sa.column("actor_name"), sa.column("table_name"))


def upgrade() -> None:
    op.create_table(
        "user_session",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column(
            "user_id", sa.Integer(), sa.ForeignKey("user_account.id"), nullable=False, index=True
        ),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("key_hash", sa.String(64), nullable=False, unique=True),
        sa.Column("stamp", sa.String(32), nullable=False),
        sa.Column("address", sa.String(64), nullable=False, server_default=""),
        sa.Column("agent", sa.String(255), nullable=False, server_default=""),
        sa.Column("began_at", moment(), nullable=False),
        sa.Column("used_at", moment(), nullable=False),
        sa.Column("ends_at", moment(), nullable=False, index=True),
        *constraints("user_session", [one_of("kind", "browser", "program")]),
        sqlite_autoincrement=True,  # no row is taken for one that was ended
    )
    op.add_column("user_account", flag("must_change_password"))
    _widen("second_factor", "secret", 64, 255)
    _widen("recovery_code", "code_hash", 64, 128)
    _encrypt_secrets()
    _hash_slowly()
    _demand()


def _widen(table: str, column: str, old: int, new: int) -> None:
    with changing(table) as batch:
        batch.alter_column(
            column, existing_type=sa.String(old), type_=sa.String(new), existing_nullable=False
        )


def _encrypt_secrets() -> None:
    bind = op.get_bind()
    for user_id, secret in bind.execute(sa.select(FACTOR)).all():
        change = FACTOR.update().where(FACTOR.c.user_id == user_id)
        bind.execute(change.values(secret=encrypt(secret)))


def _hash_slowly() -> None:
    """Hashes what was kept, the plain hash of each code; a user's codes share a salt."""
    bind, salts = op.get_bind(), {}
    for key, user_id, plain in bind.execute(sa.select(CODE)).all():
        salt = salts.setdefault(user_id, secrets.token_hex(16))
        slow = f"{salt}${hashed(plain, salt)}"
        bind.execute(CODE.update().where(CODE.c.id == key).values(code_hash=slow))


def _demand() -> None:
    """A second factor of the four roles, but of nobody in a demonstration, and only once: an
    administrator may have decided otherwise since.
    """
    bind = op.get_bind()
    done = ENTRY.c.actor_name.in_(["demo data", f"revision {revision}"])
    if bind.scalar(sa.select(ENTRY.c.table_name).where(done).limit(1)):
        return
    known = set(bind.scalars(sa.select(DEMAND.c.role)))
    for role in DEMANDED:
        if role not in known:
            bind.execute(DEMAND.insert().values(role=role))
            record(revision, "second_factor_demand", role, "insert", {"role": [None, role]})


def downgrade() -> None:
    """Recovery codes are hashed in a way that cannot be turned back."""
    bind = op.get_bind()
    refuse_loss(revision, {"recovery_code": "", "user_account": "must_change_password"})
    bind.execute(CODE.delete())
    for user_id, secret in bind.execute(sa.select(FACTOR)).all():
        change = FACTOR.update().where(FACTOR.c.user_id == user_id)
        bind.execute(change.values(secret=decrypt(secret)))
    _widen("recovery_code", "code_hash", 128, 64)
    _widen("second_factor", "secret", 255, 64)
    with changing("user_account") as user:
        user.drop_column("must_change_password")
    op.drop_table("user_session")
