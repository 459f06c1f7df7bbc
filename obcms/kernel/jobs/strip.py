"""The last thirty days of each job, for the strip on the page of the schedule."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, select

from obcms.kernel.extensions import db
from obcms.kernel.formats import MANILA
from obcms.kernel.jobs.models import JobRun, RunOutcome, in_words, outcome_of
from obcms.kernel.jobs.schedule import BY_HAND, SCHEDULE, slot_moment

DAYS = 30
HOUR = len("20250106T18")
MARKS = {
    RunOutcome.QUEUED: "…",
    RunOutcome.RUNNING: "…",
    RunOutcome.RAN: "✓",
    RunOutcome.CAUGHT_UP: "✓",
    RunOutcome.SKIPPED: "–",
    RunOutcome.WITH_ERRORS: "!",
    RunOutcome.FAILED: "×",
}
WORST_LAST = list(RunOutcome)


@dataclass
class DaySlots:
    """What became of a job's slots of one day in Manila, in the order of the slots."""

    day: date
    told: Counter[str] = field(default_factory=Counter)
    outcomes: list[RunOutcome] = field(default_factory=list)
    quiet: bool = False  # it ran, and left no row because there was nothing to do

    @property
    def worst(self) -> RunOutcome | None:
        """The outcome to look at first."""
        if self.outcomes:
            return max(self.outcomes, key=WORST_LAST.index)
        return RunOutcome.RAN if self.quiet else None

    @property
    def mark(self) -> str:
        """A sign for the worst, so that color is never alone."""
        return MARKS[self.worst] if self.worst else "·"

    @property
    def words(self) -> str:
        """5 runs ran, 1 failed."""
        if self.told:
            return ", ".join(f"{count:,} {verdict}" for verdict, count in self.told.items())
        return "ran, nothing to do" if self.quiet else "no slot"


def strips(now: datetime) -> dict[str, list[DaySlots]]:
    """For each job its last thirty days, today last; two queries however many rows."""
    today = now.astimezone(MANILA).date()
    days = [today - timedelta(days=DAYS - 1 - number) for number in range(DAYS)]
    found = {name: {day: DaySlots(day) for day in days} for name in SCHEDULE}
    since: dict[str, date] = {}
    for row in _by_hour(days[0], now):
        due = slot_moment(f"{row.hour}00Z").astimezone(MANILA).date()
        since.setdefault(row.job, due)
        _add(found[row.job].get(due), row, row.slots)
    for row in _stretches(days[0], now):
        parts = list(_spread(row))
        since[row.job] = min(since.get(row.job, today), parts[0][0])
        for due, slots in parts:
            _add(found[row.job].get(due), row, slots)
    for name, job in SCHEDULE.items():
        for day in found[name].values():
            day.quiet = job.is_frequent and since.get(name, date.max) <= day.day
    return {name: list(by_day.values()) for name, by_day in found.items()}


def _columns() -> tuple[Any, ...]:
    with_errors = (JobRun.error_count > 0).label("with_errors")
    return JobRun.job, JobRun.state, with_errors, JobRun.caught_up, JobRun.reason


def _past(first: date, now: datetime) -> tuple[Any, ...]:
    begin = datetime.combine(first, datetime.min.time(), MANILA)
    return JobRun.job.in_(SCHEDULE), JobRun.due_at.between(begin, now)


def _by_hour(first: date, now: datetime) -> Iterable[Row[Any]]:
    """Hours of Manila and of UTC begin together, and no job has a day's worth of minutes in one."""
    hour = func.substr(JobRun.slot, 1, HOUR).label("hour")
    columns = (*_columns(), hour)
    query = select(*columns, func.count().label("slots")).where(*_past(first, now))
    query = query.where(JobRun.slots == 1, ~JobRun.slot.startswith(BY_HAND))
    return db.session.execute(query.group_by(*columns).order_by(hour))


def _stretches(first: date, now: datetime) -> Iterable[Row[Any]]:
    columns = (*_columns(), JobRun.slot, JobRun.due_at, JobRun.slots)
    query = select(*columns).where(*_past(first, now), JobRun.slots > 1)
    return db.session.execute(query.order_by(JobRun.due_at))


def _spread(row: Row[Any]) -> Iterator[tuple[date, int]]:
    """A stretch of evenly spaced slots by the days on which they were due."""
    first, told = slot_moment(row.slot), 0
    step = (row.due_at - first) / (row.slots - 1)
    day = first.astimezone(MANILA).date()
    while told < row.slots:
        day += timedelta(days=1)
        midnight = datetime.combine(day, datetime.min.time(), MANILA)
        until = min(row.slots, -((first - midnight) // step))  # rounded up
        yield day - timedelta(days=1), until - told
        told = until


def _add(day: DaySlots | None, row: Row[Any], slots: int) -> None:
    if day is None or not slots:
        return
    outcome = outcome_of(row.state, row.with_errors, row.caught_up)
    day.told[in_words(outcome, row.reason)] += slots
    day.outcomes.extend([outcome] * (slots if not SCHEDULE[row.job].is_frequent else 1))
