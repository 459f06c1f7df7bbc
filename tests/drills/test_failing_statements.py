"""A few statements of every job fail, and the process is killed there: the next run mends it."""

from pathlib import Path

import time_machine

from obcms.kernel.jobs.schedule import SCHEDULE
from tests.drills.failing_statements.__main__ import broken, drill, quiet
from tests.drills.failing_statements.offices import NOW


def last_ones(statements: int) -> list[int]:
    """In the middle of the job, and at the end, where the most is done already."""
    return sorted({statements // 2, statements - 1, statements} - {0})


def test_a_job_broken_at_a_statement_is_completed_by_the_next_run(
    migrated_sqlite: Path, tmp_path: Path
) -> None:
    problems: list[str] = []
    begun = drill(tmp_path, migrated=migrated_sqlite)
    with quiet(), time_machine.travel(NOW, tick=False), begun as ready:
        for job in list(SCHEDULE):
            made, found = broken(ready(job), job, last_ones)
            assert made > 2
            problems += found
    assert problems == []
