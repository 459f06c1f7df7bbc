"""Failed attempts to sign in, counted for each user name and address."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from obcms.kernel.db.types import UTCDateTime
from obcms.kernel.extensions import db


class SignInAttempt(db.Model):
    """The key holds the address too, so that nobody can lock out somebody who sits elsewhere."""

    __tablename__ = "sign_in_attempt"

    username: Mapped[str] = mapped_column(String(64), primary_key=True)
    address: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int]
    last_failure_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    locked_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
