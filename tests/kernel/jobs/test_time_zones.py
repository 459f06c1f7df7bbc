"""Jobs keep Manila's hours wherever the host's clock stands (SPEC 10)."""

import os
import subprocess
import sys

import pytest

from obcms.kernel.config import PROJECT_ROOT

YEAR = """
from collections import Counter
from datetime import UTC, datetime
import time
from obcms.kernel.formats import MANILA
from obcms.kernel.jobs.schedule import ScheduledJob
job = ScheduledJob("nightly", "0 2 * * *", dict)
due = job.due_between(datetime(2025, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC))
print(time.tzname[0], Counter(f"{one.astimezone(MANILA):%H:%M}" for one in due))
"""


@pytest.mark.parametrize(
    ("zone", "name"),
    [
        ("UTC", "UTC"),
        ("America/New_York", "EST"),  # an hour is missing in spring there, and one comes twice
        ("Australia/Lord_Howe", "+1030"),
        ("Pacific/Kiritimati", "+14"),
        ("Asia/Manila", "PST"),
    ],
)
def test_a_nightly_job_is_due_at_two_in_manila_on_each_day_of_the_year(zone, name) -> None:
    told = subprocess.run(
        [sys.executable, "-c", YEAR],
        cwd=PROJECT_ROOT,
        env=os.environ | {"TZ": zone},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout == f"{name} Counter({{'02:00': 365}})\n"
