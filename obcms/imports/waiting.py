"""What stands in Redis while somebody waits: the call for a worker, and how far it is."""

from contextlib import suppress

from redis.exceptions import RedisError

from obcms.kernel.intake.limits import WALL_SECONDS
from obcms.kernel.jobs.heartbeat import PROMPT_WORKER, WORKER, alive
from obcms.kernel.jobs.queue import connection, prompt_queue

TASK = "obcms.imports.jobs.read_waiting"
KEPT_SECONDS = 2 * WALL_SECONDS
UNREAD = "Your file waits to be read"
NOBODY = (
    "Your file is kept, but nothing reads it at the moment: no worker is running. It is read as "
    "soon as one is; tell your administrator if this lasts."
)


def call_a_worker() -> None:
    """Has a worker read whatever waits. Raises RedisError."""
    prompt_queue().enqueue(TASK, job_timeout=KEPT_SECONDS, result_ttl=0, failure_ttl=KEPT_SECONDS)


def call_again() -> None:
    """Where the call may have been lost, as the queue's server keeps nothing for certain."""
    with suppress(RedisError):
        if not prompt_queue().count:
            call_a_worker()


def note_progress(upload_id: int, progress: str) -> None:
    """How far a reading is; worth no failure."""
    with suppress(RedisError):
        connection().set(_key(upload_id), progress, ex=KEPT_SECONDS)


def progress_of(upload_id: int) -> str:
    """What whoever waits is told."""
    with suppress(RedisError):
        if said := connection().get(_key(upload_id)):
            return said.decode()
        if not alive(connection(), WORKER) + alive(connection(), PROMPT_WORKER):
            return NOBODY
    return UNREAD


def _key(upload_id: int) -> str:
    return f"obcms:reading:{upload_id}"
