"""`/health/`: whether everything that a request or a job needs is there (SPEC 14)."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Blueprint, Flask, current_app
from rq import Worker
from sqlalchemy import text

from obcms.extensions import db
from obcms.jobs.processes import HEARTBEAT_KEY
from obcms.jobs.queue import connection, queue

blueprint = Blueprint("health", __name__)
MIGRATIONS = Path(__file__).parent.parent / "migrations"
MIN_FREE_BYTES = 200 * 1024 * 1024
WORKER_SILENCE = timedelta(seconds=120)


class Unhealthy(Exception):
    """What is wrong, in words that give no secret away."""


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.get("/health/")
def health() -> tuple[dict[str, Any], int]:
    """200 when every check passes, else 503; a check that raises has failed."""
    checks = {name: _outcome(check) for name, check in CHECKS.items()}
    well = all(check["ok"] for check in checks.values())
    return {"status": "ok" if well else "failing", "checks": checks}, 200 if well else 503


def _outcome(check: Callable[[], str]) -> dict[str, Any]:
    try:
        return {"ok": True, "detail": check()}
    except Unhealthy as problem:
        return {"ok": False, "detail": str(problem)}
    except Exception as error:
        db.session.rollback()
        return {"ok": False, "detail": type(error).__name__}


def _database() -> str:
    db.session.execute(text("SELECT 1"))
    return db.engine.dialect.name


def _migrations() -> str:
    config = Config(MIGRATIONS / "alembic.ini")
    config.set_main_option("script_location", str(MIGRATIONS))
    head = ScriptDirectory.from_config(config).get_current_head()
    current = MigrationContext.configure(db.session.connection()).get_current_revision()
    if current != head:
        raise Unhealthy(f"at {current or 'nothing'}, head is {head}")
    return str(current)


def _redis() -> str:
    connection().ping()
    return "answers"


def _worker() -> str:
    silent = datetime.now(UTC) - WORKER_SILENCE
    alive = 0
    for worker in Worker.all(queue=queue()):
        beat = worker.last_heartbeat
        if beat is not None:
            beat = beat if beat.tzinfo else beat.replace(tzinfo=UTC)
            alive += beat >= silent
    if not alive:
        raise Unhealthy("no worker has answered in two minutes")
    return f"{alive} at work"


def _scheduler() -> str:
    if connection().get(HEARTBEAT_KEY) is None:
        raise Unhealthy("the scheduler has not answered in a minute and a half")
    return "at work"


def _disk() -> str:
    free = shutil.disk_usage(current_app.instance_path).free
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
