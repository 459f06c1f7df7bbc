"""The short form of the drill: all its mishaps one after the other, on SQLite."""

from datetime import timedelta
from pathlib import Path

from obcms.kernel.jobs.models import RunOutcome
from tests.drills.thirty_days.__main__ import run


def test_each_slot_ran_once_or_says_why_not_whatever_happens(
    sqlite_uri: str, tmp_path: Path
) -> None:
    told = run(sqlite_uri, tmp_path, days=0, schedulers=2, step=timedelta(hours=6))
    assert told["caught up"] > 10
    assert told["skipped because no worker took it in time"] > 10
    assert told[RunOutcome.FAILED.value] == 0
