"""The two long-running processes: the scheduler, of which one works at a time, and the workers."""

import logging
import os
import signal
import socket
import time
from contextlib import suppress

from redis.exceptions import RedisError
from rq.exceptions import StopRequested
from sqlalchemy.exc import SQLAlchemyError

from obcms.kernel.extensions import db
from obcms.kernel.jobs.heartbeat import SCHEDULER, beat, retire
from obcms.kernel.jobs.queue import (
    connection,
    forget_cron_entries,
    prompt_queue,
    queue,
    schedule_queue,
)
from obcms.kernel.jobs.reconcile import reconcile
from obcms.kernel.jobs.stopping import StopNote
from obcms.kernel.jobs.worker import TTL_SECONDS, JobWorker, PromptWorker

logger = logging.getLogger(__name__)
TICK_SECONDS = 5
# Often enough that a job of every minute is in the queue before each of its slots.
RECONCILE_SECONDS = 20
RECONNECT_SECONDS = 2


def run_scheduler(reconcile_seconds: float = RECONCILE_SECONDS) -> None:
    """Queues what is due until it is told to stop; outlives a Redis or a database that is away."""
    stop = StopNote()
    stop.listen(signal.SIGINT, signal.SIGTERM)
    name = f"{socket.gethostname()}-{os.getpid()}"
    reconciled = float("-inf")
    while not stop.asked:
        try:
            beat(connection(), SCHEDULER, name)
            is_time = time.monotonic() - reconciled >= reconcile_seconds
            if _turn(is_time) and is_time:
                reconciled = time.monotonic()
        except (RedisError, SQLAlchemyError) as error:
            logger.warning("The scheduler waits: %s", error)
        finally:
            db.session.remove()
        stop.wait(TICK_SECONDS)
    with suppress(RedisError):
        retire(connection(), SCHEDULER, name)


def _turn(is_time_to_reconcile: bool) -> bool:
    """One round; false where another scheduler is at it."""
    scheduler = schedule_queue()
    if not scheduler.acquire_lock():
        return False
    try:
        scheduler.enqueue_jobs()  # first, as this needs no database
        if is_time_to_reconcile:
            forget_cron_entries(scheduler)
            reconcile(scheduler)
    finally:
        scheduler.remove_lock()
    return True


def run_worker(burst: bool = False, prompt_only: bool = False) -> None:
    """Works off the queues until it is told to stop; outlives a Redis that is away.

    `prompt_only` leaves scheduled jobs to other workers.
    """
    with suppress(StopRequested):  # told to stop while it waited for Redis
        while not _work(burst, prompt_only):
            time.sleep(RECONNECT_SECONDS)


def _work(burst: bool, prompt_only: bool) -> bool:
    """Works until stopped, which is true, or until Redis is lost, which RQ takes for the end."""
    worker = None
    try:
        kind = PromptWorker if prompt_only else JobWorker
        queues = [prompt_queue()] if prompt_only else [queue(), prompt_queue()]
        worker = kind(queues, connection=connection(), worker_ttl=TTL_SECONDS)
        worker.work(burst=burst, logging_level="WARNING")
    except RedisError as error:
        logger.warning("The worker waits: %s", error)
        return worker is not None and worker.stopping
    return burst or worker.stopping
