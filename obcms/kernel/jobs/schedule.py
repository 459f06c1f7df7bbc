"""What runs when. Slices add their jobs to this one table, and the scheduler follows it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from croniter import croniter

from obcms.kernel.formats import MANILA

# After the first, second and third failure; then the run stays failed.
BACKOFF = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15))


@dataclass(frozen=True, slots=True)
class ScheduledJob:
    """A job: `cron` is read in Asia/Manila; `run` returns a summary that JSON can hold."""

    name: str
    cron: str
    run: Callable[[], Mapping[str, Any]]
    retry_after: tuple[timedelta, ...] = BACKOFF
    timeout: timedelta = timedelta(minutes=30)

    def slot_at(self, moment: datetime) -> datetime:
        """The latest moment at or before `moment` at which the job is due, in UTC."""
        this_minute = moment.astimezone(MANILA).replace(second=0, microsecond=0)
        after = this_minute + timedelta(minutes=1)  # `get_prev` leaves its own start out
        return croniter(self.cron, after).get_prev(datetime).astimezone(UTC)

    def next_after(self, moment: datetime) -> datetime:
        """When the job is due next, in UTC."""
        return croniter(self.cron, moment.astimezone(MANILA)).get_next(datetime).astimezone(UTC)


def slot_name(moment: datetime) -> str:
    """A slot as it stands in `job_run` and in queue ids: 20250106T1800Z."""
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%MZ")


def manual_slot(moment: datetime) -> str:
    """The slot of a run by hand; no two runs share it, and none of them is tried again."""
    return f"manual-{moment.astimezone(UTC):%Y%m%dT%H%M%S%fZ}"


def delays(name: str, slot: str) -> tuple[timedelta, ...]:
    """How long to wait after each failure before the slot is tried again."""
    job = SCHEDULE.get(name)
    return job.retry_after if job is not None and not slot.startswith("manual-") else ()


# What slices have added, by name.
SCHEDULE: dict[str, ScheduledJob] = {}


def add_jobs(*jobs: ScheduledJob) -> None:
    """Puts jobs into the schedule; a slice does this when its `jobs` are read."""
    SCHEDULE.update((job.name, job) for job in jobs)
