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


class RunOutcome(Choice):
    """How a run is shown; the worst of several is the last in this list."""

    QUEUED = "queued"
    RUNNING = "running"
    RAN = "ran"
    CAUGHT_UP = "caught_up"
    SKIPPED = "skipped"
    WITH_ERRORS = "with_errors", "Completed with errors"
    FAILED = "failed"


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
    error_count: Mapped[int] = mapped_column(default=0, server_default="0")  # records that failed
    log: Mapped[str] = mapped_column(Text, default="", server_default="")  # its last lines
    worker: Mapped[str] = mapped_column(String(120), default="", server_default="")
    # Stands before the traceback in the process's own log.
    reference: Mapped[str] = mapped_column(String(16), default="", server_default="")
    asked_by: Mapped[str] = mapped_column(String(150), default="", server_default="")
    # Until the attempt begins that somebody asked for.
    asked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    __table_args__ = (
        UniqueConstraint("job", "slot"),
        Index("ix_job_run_job_due_at", "job", "due_at"),
        Index("ix_job_run_job_started_at", "job", "started_at"),
        {"sqlite_autoincrement": True},
    )

    @property
    def outcome(self) -> RunOutcome:
        """What became of it, in one word of a short list."""
        return outcome_of(self.state, self.error_count > 0, self.caught_up)

    @property
    def verdict(self) -> str:
        """What became of it: ran, caught up, completed with errors, skipped because …"""
        return in_words(self.outcome, self.reason)

    @property
    def seconds(self) -> float | None:
        """How long the last attempt took."""
        if self.started_at is None or self.finished_at is None:
            return None
        return (self.finished_at - self.started_at).total_seconds()


def outcome_of(state: JobState, with_errors: bool, caught_up: bool) -> RunOutcome:
    """The outcome of a run in this state."""
    if state is not JobState.SUCCEEDED:
        return RunOutcome(state.value)
    if with_errors:
        return RunOutcome.WITH_ERRORS
    return RunOutcome.CAUGHT_UP if caught_up else RunOutcome.RAN


def in_words(outcome: RunOutcome, reason: str | None) -> str:
    """The outcome in small letters, with the reason why a slot was skipped."""
    told = outcome.label.lower()
    return f"{told} because {reason}" if outcome is RunOutcome.SKIPPED and reason else told
