"""The queue between the scheduler and the workers. It may lose anything: `job_run` knows."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import NamedTuple

from flask import current_app
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue
from rq.exceptions import NoSuchJobError
from rq.job import Job
from rq_scheduler import Scheduler

from obcms.kernel.jobs.runner import run_queued
from obcms.kernel.jobs.schedule import SCHEDULE

QUEUE_NAME = "obcms"
PROMPT_QUEUE_NAME = "obcms-prompt"
RESULT_SECONDS = 3600  # how a run went stands in `job_run`; the queue may forget
LOCK_SECONDS = 5  # and ten more, which rq-scheduler adds: how long a scheduler may be at it
CRON = "cron-"


class Attempt(NamedTuple):
    """A slot to be run at a moment; `number` counts from 1."""

    job: str
    slot: str
    number: int
    moment: datetime

    @property
    def id(self) -> str:
        """Its name in Redis, which takes letters, digits, `_` and `-`."""
        return f"{self.job}-{self.slot}-{self.number}"


def connection() -> Redis:
    """The app's Redis client."""
    return current_app.extensions["redis"]


def queue() -> Queue:
    """The one queue that workers take slots from, before what somebody waits for."""
    return Queue(QUEUE_NAME, connection=connection())


def prompt_queue() -> Queue:
    """What somebody waits for in a browser."""
    return Queue(PROMPT_QUEUE_NAME, connection=connection())


def schedule_queue() -> Scheduler:
    """What goes to the queue at its moment."""
    return Scheduler(QUEUE_NAME, connection=connection(), interval=LOCK_SECONDS)


def known_ids(scheduler: Scheduler) -> set[str]:
    """Every attempt that waits for its moment or for a worker."""
    scheduled = scheduler.connection.zrange(scheduler.scheduled_jobs_key, 0, -1)
    return {key.decode() for key in scheduled} | set(queue().job_ids)


def was_put_in(attempt: Attempt) -> bool:
    """Whether Redis knows of it, even where it waits no more."""
    return Job.exists(attempt.id, connection=connection())


def put_in(scheduler: Scheduler, attempts: Iterable[Attempt]) -> None:
    """Hands over what a worker is to run at its moment, or at once where that is past."""
    for attempt in attempts:
        scheduler.enqueue_at(
            # Its clock counts whole seconds, and a slot or retry is refused before its moment.
            attempt.moment + timedelta(seconds=1 if attempt.moment.microsecond else 0),
            run_queued,
            attempt.job,
            attempt.slot,
            job_id=attempt.id,
            timeout=int(SCHEDULE[attempt.job].timeout.total_seconds()),
            job_result_ttl=RESULT_SECONDS,
        )


def put_in_now(attempt: Attempt) -> None:
    """Hands a worker what somebody asked for, past the scheduler."""
    queue().enqueue(
        run_queued,
        attempt.job,
        attempt.slot,
        job_id=attempt.id,
        job_timeout=int(SCHEDULE[attempt.job].timeout.total_seconds()),
        result_ttl=RESULT_SECONDS,
    )


def forget_cron_entries(scheduler: Scheduler) -> None:
    """Removes what versions before this one had in Redis: they let rq-scheduler read cron lines."""
    for key, _ in scheduler.connection.zscan_iter(scheduler.scheduled_jobs_key, f"{CRON}*"):
        with suppress(NoSuchJobError):
            Job.fetch(key.decode(), connection=scheduler.connection).delete()
        scheduler.cancel(key)


def hand_over(attempt: Attempt) -> bool:
    """The same, if Redis answers; else the scheduler puts it in when it does again."""
    try:
        put_in_now(attempt)
    except RedisError:
        return False
    return True
