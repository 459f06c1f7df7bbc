"""One run of a scheduled job. The unique slot is what makes it run once (SPEC 10)."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String, Text, UniqueConstraint, false
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
    SKIPPED = "skipped"


class JobRun(db.Model):
    """A slot of a job and what became of it; also a run by hand, or a stretch of missed slots."""

    __tablename__ = "job_run"

    id: Mapped[Key]
    job: Mapped[str] = mapped_column(String(64))
    # The scheduled minute in UTC, of a stretch the first; the moment of a run by hand, `manual-…`.
    slot: Mapped[str] = mapped_column(String(64))
    # The same minute as a moment, of a stretch the last; None by hand.
    due_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    slots: Mapped[int] = mapped_column(default=1, server_default="1")
    state: Mapped[JobState] = mapped_column(choice(JobState, "state"), default=JobState.QUEUED)
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    caught_up: Mapped[bool] = mapped_column(default=False, server_default=false())
    queued_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now)
    started_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    retry_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    error: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)  # why it was skipped

    __table_args__ = (
        UniqueConstraint("job", "slot"),
        Index("ix_job_run_job_due_at", "job", "due_at"),
        {"sqlite_autoincrement": True},
    )

    @property
    def verdict(self) -> str:
        """What became of the slot: ran, caught up, skipped because …, failed, or not yet begun."""
        match self.state:
            case JobState.SUCCEEDED:
                return "caught up" if self.caught_up else "ran"
            case JobState.SKIPPED:
                return f"skipped because {self.reason}"
        return self.state.label.lower()
