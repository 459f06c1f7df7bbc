"""The crash drill in short, on SQLite; `killed_processes` has the long one, on both databases."""

from pathlib import Path

import pytest

from tests.drills.crash.ledger import Told
from tests.drills.killed_processes import run


@pytest.mark.slow
def test_what_was_acknowledged_outlives_killed_processes_once(
    sqlite_uri: str, tmp_path: Path
) -> None:
    # With this seed the three are a job, a web process and a worker.
    outcome = run(tmp_path, sqlite_uri, kills=3, longest_pause=0.4, seed=5)
    assert outcome.kills.total() == 3
    assert len(outcome.kills) >= 2
    assert outcome.told[Told.ACKNOWLEDGED] > 10
    assert outcome.slots["succeeded"] >= 1
    assert 500 not in outcome.statuses
