"""Signs of life of the long-running processes, kept in Redis for `/health/`.

One sorted set a role, so that any number of workers on any machines can be told apart, and one that
stops takes its own sign away.
"""

from datetime import UTC, datetime
from typing import Any

from redis import Redis

from obcms.kernel.db.types import utc_now

WORKER, SCHEDULER = "worker", "scheduler"
PROMPT_WORKER = "prompt-worker"  # does only what somebody waits for
SILENT_SECONDS = 90
FORGOTTEN_SECONDS = 86_400


def beat(connection: Any, role: str, name: str) -> None:
    """Notes that the process lives, and drops what was last seen a day ago."""
    now = utc_now().timestamp()
    connection.zadd(_key(role), {name: now})
    connection.zremrangebyscore(_key(role), 0, now - FORGOTTEN_SECONDS)


def retire(connection: Redis, role: str, name: str) -> None:
    """Notes that the process ended as it should."""
    connection.zrem(_key(role), name)


def alive(connection: Redis, role: str) -> int:
    """How many processes of the role gave a sign within the last minute and a half."""
    return int(connection.zcount(_key(role), utc_now().timestamp() - SILENT_SECONDS, "+inf"))


def signs(connection: Redis, role: str) -> list[tuple[str, datetime]]:
    """Each process of the role that was seen within a day, and when last."""
    found = connection.zrange(_key(role), 0, -1, withscores=True)
    return [(name.decode(), datetime.fromtimestamp(at, UTC)) for name, at in found]


def forget_all(connection: Redis) -> None:
    """Before anything runs: signs that a killed set of processes left are not of this one."""
    connection.delete(_key(WORKER), _key(SCHEDULER), _key(PROMPT_WORKER))


def _key(role: str) -> str:
    return f"obcms:alive:{role}"
