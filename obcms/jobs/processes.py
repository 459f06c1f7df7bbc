"""The two long-running processes: the scheduler, of which one works at a time, and the workers."""

import logging
import os
import signal
import threading
import time
import warnings

from redis.exceptions import RedisError
from rq import SimpleWorker
from rq_scheduler import Scheduler
from sqlalchemy.exc import SQLAlchemyError

from obcms.extensions import db
from obcms.jobs.queue import QUEUE_NAME, connection, queue
from obcms.jobs.reconcile import recover, register

logger = logging.getLogger(__name__)
TICK_SECONDS = 5
RECONCILE_SECONDS = 60
HEARTBEAT_KEY = "obcms:scheduler"
HEARTBEAT_SECONDS = 90
WORKER_TTL_SECONDS = 60


def run_scheduler(reconcile_seconds: int = RECONCILE_SECONDS) -> None:
    """Queues what is due until it is told to stop; outlives a Redis or a database that is away."""
    # rq-scheduler calls crontab in a way that a later release will read otherwise; both are pinned.
    warnings.filterwarnings("ignore", category=FutureWarning, module="rq_scheduler")
    os.environ["TZ"] = "Asia/Manila"  # rq-scheduler reads cron lines in the process's own zone
    time.tzset()
    stopping = _stop_on_signals()
    reconciled = float("-inf")
    while not stopping.is_set():
        try:
            scheduler = Scheduler(QUEUE_NAME, connection=connection(), interval=TICK_SECONDS)
            if scheduler.acquire_lock():
                try:
                    if time.monotonic() - reconciled >= reconcile_seconds:
                        register(scheduler)
                        recover()
                        reconciled = time.monotonic()
                    scheduler.enqueue_jobs()
                finally:
                    scheduler.remove_lock()
            connection().set(HEARTBEAT_KEY, int(time.time()), ex=HEARTBEAT_SECONDS)
        except (RedisError, SQLAlchemyError) as error:
            logger.warning("The scheduler waits: %s", error)
        finally:
            db.session.remove()
        stopping.wait(TICK_SECONDS)


def run_worker(burst: bool = False) -> None:
    """Works off the queue until it is told to stop.

    Jobs run in this very process: when it is killed, its job's transaction ends with it.
    """
    while True:
        try:
            worker = SimpleWorker(
                [queue()], connection=connection(), worker_ttl=WORKER_TTL_SECONDS
            )
            worker.work(burst=burst, with_scheduler=False, logging_level="WARNING")
            return
        except RedisError as error:
            logger.warning("The worker waits: %s", error)
            time.sleep(TICK_SECONDS)


def _stop_on_signals() -> threading.Event:
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    return stopping
