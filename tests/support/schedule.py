"""The table of the scheduled jobs, put back as it was."""

from collections.abc import Iterator
from contextlib import contextmanager

from obcms.kernel.jobs.schedule import SCHEDULE, ScheduledJob


@contextmanager
def kept_schedule() -> Iterator[dict[str, ScheduledJob]]:
    """Yields the table; afterwards it holds the same jobs in the same order."""
    kept = dict(SCHEDULE)
    try:
        yield SCHEDULE
    finally:
        SCHEDULE.clear()
        SCHEDULE.update(kept)
