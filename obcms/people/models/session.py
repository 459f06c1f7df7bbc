"""A browser that is signed in, or a program that holds tokens."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from obcms.kernel.db.columns import Key
from obcms.kernel.db.types import UTCDateTime, choice
from obcms.kernel.extensions import db
from obcms.kernel.rules.choice import Choice

LONGEST_AGENT = 255


class SessionKind(Choice):
    """How the owner came in."""

    BROWSER = "browser"
    PROGRAM = "program"


class UserSession(db.Model):
    """Without its row no session lives, and with another stamp than its user's neither.

    The key itself is with its owner; only its hash is kept.
    """

    __tablename__ = "user_session"

    id: Mapped[Key]
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    kind: Mapped[SessionKind] = mapped_column(choice(SessionKind, "kind"))
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    stamp: Mapped[str] = mapped_column(String(32))
    address: Mapped[str] = mapped_column(String(64), default="", server_default="")
    agent: Mapped[str] = mapped_column(String(LONGEST_AGENT), default="", server_default="")
    began_at: Mapped[datetime] = mapped_column(UTCDateTime)
    used_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
