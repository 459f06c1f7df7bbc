"""What the file system refuses beside the database's own file, as the queue of SQLite's writers."""

from errno import EDQUOT, EIO, ENOENT, ENOSPC, EROFS

import pytest

from obcms.kernel.db import outage


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (ENOSPC, outage.FULL),
        (EDQUOT, outage.FULL),
        (EROFS, outage.NO_WRITES),
        (EIO, outage.AWAY),
        (ENOENT, None),
    ],
)
def test_a_full_or_failing_disk_is_an_outage_and_a_missing_file_a_fault(
    number: int, reason: str | None
) -> None:
    assert outage.outage(OSError(number, "")) == reason
