"""The cron entries in Redis follow the table, and are touched only when it changes."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis as redis_client
from rq_scheduler import Scheduler

from obcms.kernel.jobs.queue import QUEUE_NAME, connection
from obcms.kernel.jobs.reconcile import register
from obcms.kernel.jobs.schedule import SCHEDULE, ScheduledJob
from tests.conftest import serving

pytestmark = pytest.mark.filterwarnings("ignore:Version 0.22.0:FutureWarning")


@pytest.fixture
def scheduler(sqlite_uri: str, redis_url: str, tmp_path: Path) -> Iterator[Scheduler]:
    redis_client.Redis.from_url(redis_url).flushall()
    with serving(sqlite_uri, tmp_path, redis_url=redis_url) as app:
        yield Scheduler(QUEUE_NAME, connection=connection())
        app.extensions["redis"].close()


def entries(scheduler: Scheduler) -> dict[str, tuple[str, float]]:
    """Each entry's cron line, and when it is due."""
    due = dict(scheduler.connection.zrange(scheduler.scheduled_jobs_key, 0, -1, withscores=True))
    return {job.id: (job.meta["cron_string"], due[job.id.encode()]) for job in scheduler.get_jobs()}


def test_added_changed_and_removed_jobs_follow_the_table(
    scheduler: Scheduler, monkeypatch: pytest.MonkeyPatch
) -> None:
    register(scheduler)
    before = entries(scheduler)
    assert {name: cron for name, (cron, _) in before.items()} == {
        "cron-auto_sync_ppa_progress": "0 2 * * *",
        "cron-seal_audit": "*/5 * * * *",
        "cron-verify_audit": "30 3 * * *",
        "cron-mail_audit_head": "0 6 * * *",
        "cron-archive_audit": "0 4 1 * *",
    }
    monkeypatch.setitem(SCHEDULE, "extra", ScheduledJob("extra", "5 4 * * *", dict))
    register(scheduler)
    assert entries(scheduler)["cron-extra"][0] == "5 4 * * *"
    monkeypatch.setitem(SCHEDULE, "extra", ScheduledJob("extra", "6 4 * * *", dict))
    register(scheduler)
    assert entries(scheduler)["cron-extra"][0] == "6 4 * * *"
    monkeypatch.delitem(SCHEDULE, "extra")
    register(scheduler)
    assert entries(scheduler) == before


def test_registering_again_does_not_move_a_tick_that_is_due(scheduler: Scheduler) -> None:
    register(scheduler)
    scheduler.connection.zadd(
        scheduler.scheduled_jobs_key, {"cron-auto_sync_ppa_progress": 1_000_000}
    )
    register(scheduler)
    assert entries(scheduler)["cron-auto_sync_ppa_progress"][1] == 1_000_000
