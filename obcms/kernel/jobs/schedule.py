"""What runs when. Slices add their jobs to this one table, and the scheduler follows it."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cron_descriptor import ExpressionDescriptor, Options
from croniter import croniter

from obcms.kernel.formats import MANILA

# After the first, second and third failure; then the run stays failed.
BACKOFF = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15))
BY_HAND = "manual-"
NAME = r"[A-Za-z0-9_-]+"  # what RQ takes
SLOT = "%Y%m%dT%H%MZ"


def never_idle(_summary: Mapping[str, Any]) -> bool:
    """For jobs whose every run is worth a row."""
    return False


@dataclass(frozen=True, slots=True)
class ScheduledJob:
    """A job: `cron` is read in Asia/Manila; `run` returns a summary that JSON can hold.

    `is_idle` tells from the summary that there was nothing to do. `title` and `does` are for
    people; without them the name, and what the function says of itself, are shown.
    """

    name: str
    cron: str
    run: Callable[[], Mapping[str, Any]]
    retry_after: tuple[timedelta, ...] = BACKOFF
    timeout: timedelta = timedelta(minutes=30)
    is_idle: Callable[[Mapping[str, Any]], bool] = never_idle
    title: str = ""
    does: str = ""

    def __post_init__(self) -> None:
        if not re.fullmatch(NAME, self.name):
            raise ValueError(f"{self.name!r} cannot stand in the queue's ids.")

    @property
    def shown_title(self) -> str:
        """Its name to people."""
        return self.title or self.name.replace("_", " ").capitalize()

    @property
    def purpose(self) -> str:
        """What it does, in a sentence."""
        return self.does or (self.run.__doc__ or "").strip().partition("\n")[0]

    @property
    def timetable(self) -> str:
        """When it is due, in words: At 02:00, only on Sunday."""
        options = Options()
        options.use_24hour_time_format = True
        return ExpressionDescriptor(self.cron, options).get_description()

    @property
    def is_frequent(self) -> bool:
        """Whether it is due oftener than hourly; then quiet slots leave no row (SPEC 10)."""
        minutes = croniter.expand(self.cron)[0][0]
        return minutes == ["*"] or len(minutes) > 1

    def next_after(self, moment: datetime) -> datetime:
        """When the job is due next, in UTC."""
        return next(self._due_after(moment))

    def due_between(self, after: datetime, until: datetime) -> list[datetime]:
        """The moments after the one and up to the other at which the job is due, in UTC."""
        found = []
        for due in self._due_after(after):
            if due > until:
                break
            found.append(due)
        return found

    def _due_after(self, moment: datetime) -> Iterator[datetime]:
        line = croniter(self.cron, moment.astimezone(MANILA))
        while True:
            yield line.get_next(datetime).astimezone(UTC)


def slot_name(due: datetime) -> str:
    """A slot as it stands in `job_run` and in queue ids: 20250106T1800Z."""
    return due.astimezone(UTC).strftime(SLOT)


def slot_moment(slot: str) -> datetime | None:
    """When a slot is due, in UTC; None for a run by hand."""
    if slot.startswith(BY_HAND):
        return None
    return datetime.strptime(slot, SLOT).replace(tzinfo=UTC)


def manual_slot(moment: datetime) -> str:
    """The slot of a run by hand; no two runs share it, and none of them is tried again."""
    return f"{BY_HAND}{moment.astimezone(UTC):%Y%m%dT%H%M%S%fZ}"


def delays(name: str, slot: str) -> tuple[timedelta, ...]:
    """How long to wait after each failure before the slot is tried again."""
    job = SCHEDULE.get(name)
    return job.retry_after if job is not None and not slot.startswith(BY_HAND) else ()


# What slices have added, by name.
SCHEDULE: dict[str, ScheduledJob] = {}


def add_jobs(*jobs: ScheduledJob) -> None:
    """Puts jobs into the schedule; a slice does this when its `jobs` are read."""
    SCHEDULE.update((job.name, job) for job in jobs)
