"""Answers that are kept, so that a request that is repeated posts once (SPEC 12)."""

from datetime import datetime

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from obcms.kernel.db.columns import Key
from obcms.kernel.db.types import UTCDateTime, utc_now
from obcms.kernel.extensions import db

LONGEST_KEY = 255


class KeptAnswer(db.Model):
    """What a user's request with an `Idempotency-Key` was answered, kept for a day.

    `asked` is a digest of the request. The row is written in the transaction of what it answers.
    """

    __tablename__ = "kept_answer"

    id: Mapped[Key]
    user_id: Mapped[int]
    key: Mapped[str] = mapped_column(String(LONGEST_KEY))
    asked: Mapped[str] = mapped_column(String(64))
    status: Mapped[int]
    body: Mapped[str] = mapped_column(Text)
    location: Mapped[str] = mapped_column(String(255), default="", server_default="")
    answered_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now, index=True)

    __table_args__ = (
        Index("uq_kept_answer_key", "user_id", "key", unique=True),
        {"sqlite_autoincrement": True},
    )
