"""The second factor: a user's secret, the recovery codes, and the roles that must have one."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from obcms.kernel.audit.registry import Audited
from obcms.kernel.db.columns import Key
from obcms.kernel.db.encrypted import Encrypted
from obcms.kernel.db.types import UTCDateTime, choice, utc_now
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Role


class SecondFactor(Audited, db.Model):
    """A row means that the user signs in with a code; `last_step` is the newest one used."""

    __tablename__ = "second_factor"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    secret: Mapped[str] = mapped_column(Encrypted(255))
    last_step: Mapped[int] = mapped_column(default=0, server_default="0")
    turned_on_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now)


class RecoveryCode(Audited, db.Model):
    """A code that signs in once, for when the phone is lost; only its salt and hash are kept."""

    __tablename__ = "recovery_code"

    id: Mapped[Key]
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(128))


class SecondFactorDemand(Audited, db.Model):
    """A row means that everybody with this role must have a second factor."""

    __tablename__ = "second_factor_demand"

    role: Mapped[Role] = mapped_column(choice(Role, "role"), primary_key=True)
