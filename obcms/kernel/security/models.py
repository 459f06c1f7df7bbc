"""One event beside the audit trail, written once and never changed."""

from datetime import datetime

from sqlalchemy import BigInteger, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from obcms.kernel.db.types import UTCDateTime, choice
from obcms.kernel.extensions import db
from obcms.kernel.rules.choice import Choice

LONGEST = 255


class EventKind(Choice):
    """What happened."""

    SIGNED_IN = "signed_in"
    TOKEN_GIVEN = "token_given"
    SIGN_IN_FAILED = "sign_in_failed", "Sign-in failed"
    CODE_FAILED = "code_failed"
    RECOVERY_CODE_USED = "recovery_code_used"
    LOCKED = "locked"
    SLOWED = "slowed", "Slowed down"
    SIGNED_OUT = "signed_out"
    SESSION_ENDED = "session_ended"
    REFUSED = "refused"
    EXPORTED = "exported"


class SecurityEvent(db.Model):
    """`name` is the user's, or what was typed; `what` is an address or a few words.

    The user is copied, not referenced: the event outlives a change of the name.
    """

    __tablename__ = "security_event"

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    kind: Mapped[EventKind] = mapped_column(choice(EventKind, "kind"))
    user_id: Mapped[int | None]
    name: Mapped[str] = mapped_column(String(LONGEST))
    address: Mapped[str] = mapped_column(String(64))
    what: Mapped[str] = mapped_column(String(LONGEST))
    request_id: Mapped[str] = mapped_column(String(64))
