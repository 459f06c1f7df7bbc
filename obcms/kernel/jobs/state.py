"""The queue and its processes as Redis knows them just now."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import current_app
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, Worker
from rq.job import Job

from obcms.kernel.db.types import utc_now
from obcms.kernel.jobs.heartbeat import SCHEDULER, SILENT_SECONDS, signs
from obcms.kernel.jobs.queue import PROMPT_QUEUE_NAME, QUEUE_NAME
from obcms.kernel.jobs.schedule import SCHEDULE

QUEUES = {QUEUE_NAME: "Scheduled jobs", PROMPT_QUEUE_NAME: "What somebody waits for"}


@dataclass(frozen=True, slots=True)
class QueueState:
    """How many entries of a queue wait, are worked on, and failed outside of their job."""

    title: str
    waiting: int
    running: int
    failed: int


@dataclass(frozen=True, slots=True)
class ProcessState:
    """A worker or scheduler, when it last gave a sign of life, and what it does."""

    name: str
    seen_at: datetime | None
    does: str

    @property
    def is_silent(self) -> bool:
        """Whether it has not been heard of for longer than a living one leaves."""
        since = self.seen_at
        return since is None or (utc_now() - since).total_seconds() > SILENT_SECONDS


@dataclass(frozen=True, slots=True)
class State:
    """All of it."""

    queues: list[QueueState]
    workers: list[ProcessState]
    schedulers: list[ProcessState]


def read_state() -> State | None:
    """The state now; None where Redis does not answer."""
    redis: Redis = current_app.extensions["health_redis"]
    try:
        queues = [_queue(Queue(name, connection=redis), title) for name, title in QUEUES.items()]
        return State(queues, list(_workers(redis)), list(_schedulers(redis)))
    except RedisError:
        return None


def _queue(queue: Queue, title: str) -> QueueState:
    started, failed = queue.started_job_registry, queue.failed_job_registry
    return QueueState(title, queue.count, _size(started.key), _size(failed.key))


def _size(key: str) -> int:
    return int(current_app.extensions["health_redis"].zcard(key))


def _workers(redis: Redis) -> Iterator[ProcessState]:
    for worker in sorted(Worker.all(connection=redis), key=lambda one: one.name):
        seen = worker.last_heartbeat
        at = seen.replace(tzinfo=UTC) if seen and seen.tzinfo is None else seen
        yield ProcessState(worker.name, at, _told(worker.get_current_job()))


def _told(job: Job | None) -> str:
    if job is None:
        return "waits"
    name = str(job.args[0]) if job.args else ""
    return SCHEDULE[name].shown_title if name in SCHEDULE else "reads a file for somebody"


def _schedulers(redis: Redis) -> Iterator[ProcessState]:
    for name, seen in signs(redis, SCHEDULER):
        yield ProcessState(name, seen, "")
