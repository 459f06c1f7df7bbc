"""The two long-running processes: the scheduler, of which one works at a time, and the workers."""

import logging
import os
import signal
import socket
import time
import warnings
from contextlib import suppress

from redis.exceptions import RedisError
from rq.exceptions import StopRequested
from rq_scheduler import Scheduler
from sqlalchemy.exc import SQLAlchemyError

from obcms.kernel.extensions import db
from obcms.kernel.jobs.heartbeat import SCHEDULER, beat, retire
from obcms.kernel.jobs.queue import QUEUE_NAME, connection, queue
from obcms.kernel.jobs.reconcile import recover, register
from obcms.kernel.jobs.stopping import StopNote
from obcms.kernel.jobs.worker import TTL_SECONDS, JobWorker

logger = logging.getLogger(__name__)
TICK_SECONDS = 5
RECONCILE_SECONDS = 60
RECONNECT_SECONDS = 2
# POSIX for "eight hours ahead of UTC", which is Manila's time all year; it needs no zone files.
MANILA_TZ = "PST-8"


def run_scheduler(reconcile_seconds: float = RECONCILE_SECONDS) -> None:
    """Queues what is due until it is told to stop; outlives a Redis or a database that is away."""
    # rq-scheduler calls crontab in a way that a later release will read otherwise; both are pinned.
    warnings.filterwarnings("ignore", category=FutureWarning, module="rq_scheduler")
    os.environ["TZ"] = MANILA_TZ  # rq-scheduler reads cron lines in the process's own zone
    time.tzset()
    stop = StopNote()
    stop.listen(signal.SIGINT, signal.SIGTERM)
    name = f"{socket.gethostname()}-{os.getpid()}"
    reconciled = float("-inf")
    while not stop.asked:
        try:
            beat(connection(), SCHEDULER, name)
            is_time = time.monotonic() - reconciled >= reconcile_seconds
            if _turn(reconcile=is_time) and is_time:
                reconciled = time.monotonic()
        except (RedisError, SQLAlchemyError) as error:
            logger.warning("The scheduler waits: %s", error)
        finally:
            db.session.remove()
        stop.wait(TICK_SECONDS)
    with suppress(RedisError):
        retire(connection(), SCHEDULER, name)


def _turn(reconcile: bool) -> bool:
    """One round; false where another scheduler is at it."""
    scheduler = Scheduler(QUEUE_NAME, connection=connection(), interval=TICK_SECONDS)
    if not scheduler.acquire_lock():
        return False
    try:
        if reconcile:
            register(scheduler)
            recover()
        scheduler.enqueue_jobs()
    finally:
        scheduler.remove_lock()
    return True


def run_worker(burst: bool = False) -> None:
    """Works off the queue until it is told to stop; outlives a Redis that is away."""
    with suppress(StopRequested):  # told to stop while it waited for Redis
        while not _work(burst):
            time.sleep(RECONNECT_SECONDS)


def _work(burst: bool) -> bool:
    """Works until stopped, which is true, or until Redis is lost, which RQ takes for the end."""
    worker = None
    try:
        worker = JobWorker([queue()], connection=connection(), worker_ttl=TTL_SECONDS)
        worker.work(burst=burst, logging_level="WARNING")
    except RedisError as error:
        logger.warning("The worker waits: %s", error)
        return worker is not None and worker.stopping
    return burst or worker.stopping
