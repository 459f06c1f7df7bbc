"""The Redis client that the queue and the limits use, and the kernel's own job."""

from datetime import timedelta
from typing import Any

from flask import Flask
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from sqlalchemy import delete

from obcms.kernel.config import Settings
from obcms.kernel.db.types import utc_now
from obcms.kernel.extensions import db
from obcms.kernel.jobs.models import JobRun, JobState
from obcms.kernel.jobs.schedule import ScheduledJob, add_jobs

PROMPT_SECONDS = 1
KEPT_FOR = timedelta(days=365)
ENDED = (JobState.SUCCEEDED, JobState.FAILED, JobState.SKIPPED)


def delete_old_job_runs() -> dict[str, Any]:
    """Deletes what is older than a year (SPEC 10); returns how many rows."""
    old = delete(JobRun).where(JobRun.state.in_(ENDED), JobRun.queued_at < utc_now() - KEPT_FOR)
    return {"deleted": db.session.execute(old).rowcount}


add_jobs(
    ScheduledJob(
        "delete_old_job_runs",
        "45 4 * * *",
        delete_old_job_runs,
        title="Delete old job runs",
        does="Deletes what this page tells of runs that are older than a year.",
    )
)


def init_app(app: Flask) -> None:
    """Makes the clients; nothing connects before one is used."""
    settings: Settings = app.config["OBCMS"]
    app.extensions["redis"] = Redis.from_url(settings.redis_url, socket_connect_timeout=3)
    # For pages that tell whether it answers: it gives up early and never tries twice.
    app.extensions["health_redis"] = Redis.from_url(
        settings.redis_url,
        socket_connect_timeout=PROMPT_SECONDS,
        socket_timeout=PROMPT_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )
