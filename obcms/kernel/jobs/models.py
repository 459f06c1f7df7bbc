"""One run of a scheduled job. The unique slot is what makes it run once (SPEC 10)."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from obcms.kernel.db.columns import Key
from obcms.kernel.db.types import UTCDateTime, choice, utc_now
from obcms.kernel.extensions import db
from obcms.kernel.rules.choice import Choice


class JobState(Choice):
    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class JobRun(db.Model):
    """`slot` is the scheduled minute in UTC, or the moment of a run by hand with `manual-`."""

    __tablename__ = "job_run"

    id: Mapped[Key]
    job: Mapped[str] = mapped_column(String(64))
    slot: Mapped[str] = mapped_column(String(64))
    state: Mapped[JobState] = mapped_column(choice(JobState, "state"), default=JobState.QUEUED)
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    queued_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now)
    started_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    retry_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    error: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (UniqueConstraint("job", "slot"),)
