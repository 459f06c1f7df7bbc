"""Whether everything that a request or a job needs is there (SPEC 14)."""

import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from flask import copy_current_request_context, current_app
from sqlalchemy import text

from obcms.kernel.db import revisions
from obcms.kernel.db.outage import outage
from obcms.kernel.extensions import db
from obcms.kernel.jobs import heartbeat

MIN_FREE_BYTES = 200 * 1024 * 1024
LIMIT_SECONDS = 3

CheckResult = dict[str, Any]


class Unhealthy(Exception):
    """What is wrong, in words that give no secret away."""


def run_checks() -> dict[str, CheckResult]:
    """Each check by its name: `ok`, and `detail` in words; one that takes too long has failed.

    The checks run side by side, so one that hangs costs no more than its own time.
    """
    answers = {name: _start(check) for name, check in CHECKS.items()}
    deadline = time.monotonic() + LIMIT_SECONDS
    return {name: _collect(answer, deadline) for name, answer in answers.items()}


def _start(check: Callable[[], str]) -> SimpleQueue[CheckResult]:
    answer: SimpleQueue[CheckResult] = SimpleQueue()

    # With the request's context SQLite knows that the check only reads, and does not wait for a
    # writer to finish; each thread gets a database session of its own.
    @copy_current_request_context
    def run() -> CheckResult:
        return _result(check)

    # The answer follows the end of that context, so its connection is back in the pool by then.
    threading.Thread(target=lambda: answer.put(run()), daemon=True).start()
    return answer


def _collect(answer: SimpleQueue[CheckResult], deadline: float) -> CheckResult:
    try:
        return answer.get(timeout=max(deadline - time.monotonic(), 0.01))
    except Empty:
        return {"ok": False, "detail": f"no answer within {LIMIT_SECONDS} seconds"}


def _result(check: Callable[[], str]) -> CheckResult:
    try:
        return {"ok": True, "detail": check()}
    except Unhealthy as problem:
        return {"ok": False, "detail": str(problem)}
    except Exception as error:  # its text may name hosts and users
        return {"ok": False, "detail": outage(error) or type(error).__name__}


def _database() -> str:
    db.session.execute(text("SELECT 1"))
    return db.engine.dialect.name


def _migrations() -> str:
    current, head = revisions.current(), revisions.head()
    if current != head:
        raise Unhealthy(f"at {current or 'nothing'}, head is {head}")
    return str(current)


def _redis() -> str:
    current_app.extensions["health_redis"].ping()
    return "answers"


def _worker() -> str:
    return _alive(heartbeat.WORKER)


def _scheduler() -> str:
    return _alive(heartbeat.SCHEDULER)


def _alive(role: str) -> str:
    found = heartbeat.alive(current_app.extensions["health_redis"], role)
    if not found:
        raise Unhealthy(f"no {role} gave a sign of life in {heartbeat.SILENT_SECONDS} seconds")
    return f"{found} at work"


def free_bytes(folder: Path) -> int:
    """How much can still be written where the folder is."""
    return shutil.disk_usage(folder).free


def _disk() -> str:
    free = free_bytes(Path(current_app.instance_path))
    if free < MIN_FREE_BYTES:
        raise Unhealthy(f"{free // 1024 // 1024} MB left")
    return f"{free // 1024 // 1024} MB free"


CHECKS: dict[str, Callable[[], str]] = {
    "database": _database,
    "migrations": _migrations,
    "redis": _redis,
    "worker": _worker,
    "scheduler": _scheduler,
    "disk": _disk,
}
